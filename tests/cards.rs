//! Every figure that README.md or a card in `models/` or `docs/` shows behind a `parallax evaluate` command is what that command prints.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A fenced block: what follows the three marks, and the lines inside.
struct Block<'text> {
    kind: &'text str,
    text: String,
}

fn blocks(markdown: &str) -> Vec<Block<'_>> {
    let (mut blocks, mut open): (Vec<Block<'_>>, bool) = (vec![], false);
    for line in markdown.lines() {
        match line.strip_prefix("```") {
            Some(kind) if !open => {
                blocks.push(Block { kind, text: String::new() });
                open = true;
            }
            Some(_) => open = false,
            None if open => blocks.last_mut().unwrap().text += &format!("{line}\n"),
            None => {}
        }
    }
    blocks
}

fn cards(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(cards(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found
}

/// A line of one command on files of this repository, with the block behind it as its output.
#[test]
fn the_figures_of_the_cards_are_reproduced() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut n_commands = 0;
    for card in cards(&root.join("models"))
        .into_iter()
        .chain(cards(&root.join("docs")))
        .chain([root.join("README.md")])
    {
        let text = fs::read_to_string(&card).unwrap();
        let blocks = blocks(&text);
        for pair in blocks.windows(2) {
            let [command, expected] = pair else { unreachable!("windows of two") };
            let Some(arguments) = command.text.trim_end().strip_prefix("parallax evaluate ") else {
                continue;
            };
            if command.kind != "sh" || arguments.contains('\n') || !arguments.contains("models/golden/") {
                continue;
            }
            n_commands += 1;
            assert_eq!(expected.kind, "text", "{}: no output behind `{arguments}`", card.display());
            let output = Command::new(env!("CARGO_BIN_EXE_parallax"))
                .arg("evaluate")
                .args(arguments.split_whitespace())
                .current_dir(root)
                .output()
                .unwrap();
            let printed = String::from_utf8(output.stdout).unwrap();
            let problem = String::from_utf8_lossy(&output.stderr);
            assert_eq!(printed, expected.text, "{}: {arguments}\n{problem}", card.display());
        }
    }
    assert!(n_commands >= 6, "only {n_commands} commands were found in README.md, models/ and docs/");
}

#[test]
fn every_construct_card_has_its_sections() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/measures");
    let index = fs::read_to_string(folder.join("README.md")).unwrap();
    let linked: Vec<&str> = index.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    let cards: Vec<(&str, String)> =
        linked.iter().map(|&name| (name, fs::read_to_string(folder.join(name)).unwrap())).collect();
    for (name, card) in &cards {
        let sections =
            ["Definition", "Unit and range", "How it is computed", "Evidence", "Figure", "Known failures"];
        for section in sections.into_iter().chain(["What may not be inferred"]) {
            assert!(card.contains(section), "{name} does not say `{section}`");
        }
    }
}
