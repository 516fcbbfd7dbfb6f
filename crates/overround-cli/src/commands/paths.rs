//! What is read and what is written: which names mean the same file, and files that are there whole or not at all.

use crate::failure::Failure;
use overround_feed::io::Output;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file to write, or standard output.
pub(super) fn create(path: &Path) -> Result<Output, Failure> {
    Output::create(path).map_err(|error| Failure::file("write", path, &error))
}

/// Refuses outputs that would destroy an input or each other, whatever they are called, and standard streams used twice.
pub(super) fn check_paths(inputs: &[&Path], outputs: &[&Path]) -> Result<(), Failure> {
    if inputs.iter().filter(|path| is_standard(path)).count() > 1 {
        return Err(Failure::Usage("standard input (-) can be read only once".to_owned()));
    }
    if outputs.iter().filter(|path| is_standard(path)).count() > 1 {
        return Err(Failure::Usage(
            "standard output (-) would be written twice: name files for all but one".to_owned(),
        ));
    }
    // Devices such as a null one may be named as often as one likes.
    let is_file = |path: &&&Path| !is_standard(path) && fs::metadata(path).map_or(true, |data| data.is_file());
    let mut read: Vec<Identity> = inputs.iter().filter(is_file).map(|path| Identity::of(path)).collect();
    // What stands behind the standard streams, where a shell put files there.
    let behind = |stream: &str| Some(Path::new(stream)).filter(is_file_there).map(Identity::of);
    if inputs.iter().any(|path| is_standard(path)) {
        read.extend(behind("/dev/stdin"));
    }
    let mut written: Vec<Identity> = behind("/dev/stdout").into_iter().chain(behind("/dev/stderr")).collect();
    for output in outputs.iter().filter(is_file) {
        let identity = Identity::of(output);
        if written.contains(&identity) {
            return Err(Failure::Usage(format!("{} is to be written twice: name two files", output.display())));
        }
        if read.contains(&identity) {
            return Err(Failure::Usage(format!(
                "{} is read and would be overwritten: name another file",
                output.display()
            )));
        }
        written.push(identity);
    }
    Ok(())
}

fn is_file_there(path: &&Path) -> bool {
    fs::metadata(path).is_ok_and(|data| data.is_file())
}

fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// What a name stands for: the same for other spellings, links and hard links, also of a file that is not there yet.
#[derive(Debug, PartialEq, Eq)]
enum Identity {
    /// Device and number of a file that is there.
    #[cfg(unix)]
    Node(u64, u64),
    Path(PathBuf),
}

impl Identity {
    fn of(path: &Path) -> Self {
        #[cfg(unix)]
        if let Ok(data) = fs::metadata(path) {
            use std::os::unix::fs::MetadataExt;
            return Self::Node(data.dev(), data.ino());
        }
        Self::Path(place_of(path))
    }
}

/// Where a file is, or would be made: its folder without links, and its name there.
fn place_of(path: &Path) -> PathBuf {
    /// As many links in a row as systems follow.
    const LINKS: usize = 40;
    let mut path = path.to_path_buf();
    for _ in 0..LINKS {
        let Ok(to) = fs::read_link(&path) else { break };
        path = path.parent().map_or_else(|| to.clone(), |folder| folder.join(&to));
    }
    if let Ok(whole) = fs::canonicalize(&path) {
        return whole;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (fs::canonicalize(folder), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

/// A file that is written at the end, and found to be writable or not at the beginning. Until it is whole it stands beside under another
/// name, so that what stood there before is lost only for something better.
pub(super) struct Whole {
    path: PathBuf,
    output: Option<Output>,
    /// The other name, and the place that it is moved to.
    beside: Option<(PathBuf, PathBuf)>,
}

impl Whole {
    /// Makes sure that it can be written.
    pub(super) fn create(path: &Path) -> Result<Self, Failure> {
        let fail = |error: std::io::Error| Failure::file("write", path, &error);
        let whole = |output, beside| Self { path: path.to_path_buf(), output: Some(output), beside };
        let is_special = is_standard(path) || fs::metadata(path).is_ok_and(|data| !data.is_file());
        if !is_special {
            let mut permissions = None;
            if path.exists() {
                let old = fs::OpenOptions::new().write(true).open(path).map_err(fail)?;
                permissions = old.metadata().ok().map(|data| data.permissions());
            }
            let place = place_of(path);
            let mut name = OsString::from(format!(".overround-{}-", std::process::id()));
            name.push(place.file_name().unwrap_or_default());
            let beside = place.with_file_name(name);
            if let Ok(output) = Output::create(&beside) {
                if let Some(permissions) = permissions {
                    fs::set_permissions(&beside, permissions).map_err(fail)?;
                }
                return Ok(whole(output, Some((beside, place))));
            }
        }
        // A device, or a folder in which nothing new may be made.
        Ok(whole(create(path)?, None))
    }

    /// Writes it, and puts it in its place.
    pub(super) fn write(mut self, bytes: &[u8]) -> Result<(), Failure> {
        let Some(mut output) = self.output.take() else { return Ok(()) };
        let mut written = output.write_all(bytes).and_then(|()| output.finish());
        if written.is_ok()
            && let Some((beside, place)) = &self.beside
        {
            written = fs::rename(beside, place);
        }
        if written.is_ok() {
            self.beside = None;
        }
        written.map_err(|error| Failure::file("write", &self.path, &error))
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        drop(self.output.take());
        if let Some((beside, _)) = &self.beside {
            // What was not finished is nobody's.
            let _ = fs::remove_file(beside);
        }
    }
}
