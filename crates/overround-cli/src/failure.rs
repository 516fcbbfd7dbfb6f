//! Why a command did not do what it was told, and with which exit status it says so.

use std::fmt;
use std::io;
use std::path::Path;

/// The end of a command that failed.
#[derive(Debug)]
pub enum Failure {
    /// Bad usage or configuration: status 2.
    Usage(String),
    /// Something could not be read or written: status 1.
    Io(String),
    /// Whoever read the output has gone: not a failure, nothing is said.
    Gone,
    /// It was asked to stop by this signal: status 128 + the signal, as shells have it.
    Stopped(u8),
}

impl Failure {
    /// A file could not be read or written; says which, why, and what to do.
    pub fn file(verb: &str, path: &Path, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Gone;
        }
        if let Err(stopped) = crate::interrupt::check() {
            return stopped;
        }
        let remedy = match error.kind() {
            io::ErrorKind::NotFound if verb == "write" => "there is no such folder: make it, or name another file",
            io::ErrorKind::NotFound => "check the name, or write - for standard input",
            io::ErrorKind::PermissionDenied => "check its permissions",
            io::ErrorKind::IsADirectory => "name a file, not a folder",
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
                if verb == "read" =>
            {
                "the file is damaged or cut off: fetch it again"
            }
            io::ErrorKind::StorageFull => "make room and try again",
            _ => "try again or name another file",
        };
        Self::Io(format!("cannot {verb} {}: {error}; {remedy}", path.display()))
    }

    /// The exit status.
    #[must_use]
    pub const fn status(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Io(_) => 1,
            Self::Gone => 0,
            Self::Stopped(signal) => 128 + *signal,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) | Self::Io(text) => f.write_str(text),
            Self::Gone => Ok(()),
            Self::Stopped(_) => f.write_str("stopped before the end"),
        }
    }
}
