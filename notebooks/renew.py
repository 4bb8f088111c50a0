"""Runs the notebooks and keeps their outputs, without times, versions and what was printed to stderr.

Usage: python notebooks/renew.py [NOTEBOOK...]
"""

import sys
from pathlib import Path

import nbclient
import nbformat

HERE = Path(__file__).parent


def renew(path):
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, record_timing=False, resources={"metadata": {"path": str(HERE)}}).execute()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        outputs = cell.pop("outputs", [])
        if cell.cell_type == "code":
            cell.outputs = []
        for output in outputs:
            if output.get("name") == "stderr":  # progress
                continue
            # What is printed in one go may come in pieces.
            if cell.outputs and output.output_type == cell.outputs[-1].output_type == "stream":
                cell.outputs[-1].text += output.text
            else:
                cell.outputs.append(output)
    nbformat.write(notebook, path)


for name in sys.argv[1:] or sorted(HERE.glob("*.ipynb")):
    print(name)
    renew(Path(name))
