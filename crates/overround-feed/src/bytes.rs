//! Values as bytes, for snapshots: little-endian, every length before what it counts.
//!
//! Reading trusts nothing: no length makes room for more than the bytes that are there.

use core::fmt;
use overround::Timestamp;
use twox_hash::XxHash3_64;

/// Why bytes cannot be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// They do not begin as a snapshot of this kind does.
    NotASnapshot,
    /// They are of another version of the format.
    Version {
        /// The version found.
        found: u32,
    },
    /// They were cut or changed, or hold what is never written.
    Damaged,
    /// The engine in them cannot be restored.
    Engine(overround::RestoreError),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotASnapshot => f.write_str("not a snapshot of this kind"),
            Self::Version { found } => {
                write!(f, "a snapshot of version {found}, which is not read any more or not yet: play the feed again")
            }
            Self::Damaged => f.write_str("the snapshot is damaged: cut, changed, or not written here"),
            Self::Engine(error) => write!(f, "the engine in the snapshot: {error}"),
        }
    }
}

impl std::error::Error for SnapshotError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Engine(error) => Some(error),
            _ => None,
        }
    }
}

const CHECKSUM_BYTES: usize = 8;

/// Bytes under a name, a version and a check sum.
pub(crate) fn seal(magic: [u8; 8], version: u32, write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut to = Writer(Vec::new());
    to.0.extend_from_slice(&magic);
    to.u32(version);
    write(&mut to);
    let checksum = XxHash3_64::oneshot(&to.0);
    to.0.extend_from_slice(&checksum.to_le_bytes());
    to.0
}

/// What stands between name, version and check sum.
pub(crate) fn unseal(magic: [u8; 8], version: u32, bytes: &[u8]) -> Result<Reader<'_>, SnapshotError> {
    let body = bytes.strip_prefix(&magic).ok_or(SnapshotError::NotASnapshot)?;
    let (found, _) = body.split_first_chunk().ok_or(SnapshotError::Damaged)?;
    let found = u32::from_le_bytes(*found);
    if found != version {
        return Err(SnapshotError::Version { found });
    }
    let (sealed, checksum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(SnapshotError::Damaged)?;
    if XxHash3_64::oneshot(sealed) != u64::from_le_bytes(*checksum) {
        return Err(SnapshotError::Damaged);
    }
    Ok(Reader(sealed.get(magic.len() + 4..).ok_or(SnapshotError::Damaged)?))
}

/// Appends values.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn i32(&mut self, value: i32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn i64(&mut self, value: i64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn len(&mut self, len: usize) {
        self.u32(u32::try_from(len).expect("fewer than 2^32 things fit in memory"));
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(&u64::try_from(bytes.len()).expect("lengths are below 2^64").to_le_bytes());
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.len(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn opt<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.u8(u8::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub(crate) fn ts(&mut self, ts: Timestamp) {
        self.i64(ts.0);
    }
}

/// Takes values.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], SnapshotError> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(SnapshotError::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(SnapshotError::Damaged)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, SnapshotError> {
        self.array().map(u8::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, SnapshotError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn i32(&mut self) -> Result<i32, SnapshotError> {
        self.array().map(i32::from_le_bytes)
    }

    pub(crate) fn i64(&mut self) -> Result<i64, SnapshotError> {
        self.array().map(i64::from_le_bytes)
    }

    pub(crate) fn len(&mut self) -> Result<usize, SnapshotError> {
        // No thing takes less than a byte.
        usize::try_from(self.u32()?).ok().filter(|&len| len <= self.0.len()).ok_or(SnapshotError::Damaged)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], SnapshotError> {
        let len = self.array().map(u64::from_le_bytes)?;
        self.take(usize::try_from(len).map_err(|_| SnapshotError::Damaged)?)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, SnapshotError> {
        let len = self.len()?;
        core::str::from_utf8(self.take(len)?).map_err(|_| SnapshotError::Damaged)
    }

    pub(crate) fn opt<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, SnapshotError>,
    ) -> Result<Option<T>, SnapshotError> {
        match self.u8()? {
            0 => Ok(None),
            1 => read(self).map(Some),
            _ => Err(SnapshotError::Damaged),
        }
    }

    pub(crate) fn flag(&mut self) -> Result<bool, SnapshotError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(SnapshotError::Damaged),
        }
    }

    pub(crate) fn ts(&mut self) -> Result<Timestamp, SnapshotError> {
        self.i64().map(Timestamp)
    }

    /// Is there nothing left?
    pub(crate) fn end(&self) -> Result<(), SnapshotError> {
        if self.0.is_empty() { Ok(()) } else { Err(SnapshotError::Damaged) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error;

    #[test]
    fn a_flag_is_one_of_two_bytes() {
        for byte in 0..=u8::MAX {
            let flag = Reader(&[byte]).flag();
            let opt = Reader(&[byte, 7]).opt(Reader::u8);
            match byte {
                0 => assert_eq!((flag, opt), (Ok(false), Ok(None))),
                1 => assert_eq!((flag, opt), (Ok(true), Ok(Some(7)))),
                _ => assert_eq!((flag, opt), (Err(SnapshotError::Damaged), Err(SnapshotError::Damaged))),
            }
        }
    }

    #[test]
    fn a_length_beyond_what_is_there_is_damage() {
        assert_eq!(Reader(&[2, 0, 0, 0, b'a']).text(), Err(SnapshotError::Damaged));
        assert_eq!(Reader(&[1, 0, 0, 0, b'a']).text(), Ok("a"));
        assert_eq!(Reader(&[1, 0, 0, 0, 0xff]).text(), Err(SnapshotError::Damaged));
        assert_eq!(Reader(&[0xff; 9]).bytes(), Err(SnapshotError::Damaged));
    }

    #[test]
    fn errors_say_what_is_wrong_and_what_to_do() {
        for (error, text) in [
            (SnapshotError::NotASnapshot, "not a snapshot of this kind"),
            (
                SnapshotError::Version { found: 9 },
                "a snapshot of version 9, which is not read any more or not yet: play the feed again",
            ),
            (SnapshotError::Damaged, "the snapshot is damaged: cut, changed, or not written here"),
            (
                SnapshotError::Engine(overround::RestoreError::NotASnapshot),
                "the engine in the snapshot: not a snapshot of an engine",
            ),
        ] {
            assert_eq!(error.to_string(), text);
            let source = error.source().map(ToString::to_string);
            let is_engine = matches!(error, SnapshotError::Engine(_));
            assert_eq!(source, is_engine.then(|| "not a snapshot of an engine".to_owned()));
        }
    }
}
