//! What a replay tells, as lines.

use crate::catalog::Catalog;
use crate::feed::Item;
use crate::reject::Reject;
use crate::write::{UnknownId, write_event, write_record};
use core::hash::Hasher;
use overround::OpportunityEvent;
use overround::opportunity::{Kind, Reason};
use twox_hash::XxHash3_64;

/// Opportunity events as lines, with their digest and their numbers.
///
/// ```
/// use overround_feed::{Catalog, EventLines};
/// let mut lines = EventLines::new(vec!["default".to_owned()]);
/// # let (events, catalog): (Vec<overround::OpportunityEvent>, _) = (vec![], Catalog::new());
/// for event in &events {
///     print!("{}", String::from_utf8_lossy(lines.line(event, &catalog)?));
/// }
/// assert_eq!(lines.digest(), 0x2d06_8005_38d3_94c2); // xxh3 of no bytes
/// # Ok::<(), overround_feed::UnknownId>(())
/// ```
pub struct EventLines {
    profile_names: Vec<String>,
    line: Vec<u8>,
    hasher: XxHash3_64,
    kinds: [KindCounts; Kind::ALL.len()],
    expired_by: [u64; Reason::ALL.len()],
}

/// How many events of one kind were told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KindCounts {
    /// New ones.
    pub detected: u64,
    /// Changes.
    pub updated: u64,
    /// Ends.
    pub expired: u64,
}

impl KindCounts {
    /// How many are open: detected and not expired.
    #[must_use]
    pub const fn open(&self) -> u64 {
        self.detected.saturating_sub(self.expired)
    }
}

impl EventLines {
    /// No line yet. Profiles are named by [`ProfileId`](overround::ProfileId).
    #[must_use]
    pub fn new(profile_names: Vec<String>) -> Self {
        Self {
            profile_names,
            line: Vec::new(),
            hasher: XxHash3_64::new(),
            kinds: [KindCounts::default(); Kind::ALL.len()],
            expired_by: [0; Reason::ALL.len()],
        }
    }

    /// The line of an event, with its newline.
    ///
    /// # Errors
    /// If the event names an id that the catalog does not have; then it is not counted.
    pub fn line(&mut self, event: &OpportunityEvent, catalog: &Catalog) -> Result<&[u8], UnknownId> {
        self.line.clear();
        write_event(event, catalog, &self.profile_names, &mut self.line)?;
        self.hasher.write(&self.line);
        let counts = &mut self.kinds[event.kind() as usize];
        match event {
            OpportunityEvent::Detected(_) => counts.detected += 1,
            OpportunityEvent::Updated(_) => counts.updated += 1,
            OpportunityEvent::Expired(expired) => {
                counts.expired += 1;
                self.expired_by[expired.reason as usize] += 1;
            }
        }
        Ok(&self.line)
    }

    /// xxh3-64 over all lines with their newlines.
    #[must_use]
    pub fn digest(&self) -> u64 {
        self.hasher.finish()
    }

    /// Numbers of events by kind, in the order of [`Kind::ALL`].
    pub fn kinds(&self) -> impl Iterator<Item = (Kind, KindCounts)> {
        Kind::ALL.into_iter().zip(self.kinds)
    }

    /// Numbers of expired events by reason, in the order in which reasons are tried.
    pub fn expired_by(&self) -> impl Iterator<Item = (Reason, u64)> {
        Reason::ALL.into_iter().zip(self.expired_by)
    }
}

impl core::fmt::Debug for EventLines {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("EventLines").field("kinds", &self.kinds).finish_non_exhaustive()
    }
}

/// Appends a refused item as a line: `{"line":n,"reason":"…","text":"…"}`, and before those its `file` if one is given. The text is the line
/// as it stands, what is not UTF-8 in it replaced; of a record that is no line of its own it is the record.
pub fn write_refusal(item: &Item<'_>, reason: Reject, file: Option<&str>, out: &mut Vec<u8>) {
    let mut text = String::from_utf8_lossy(item.text).into_owned();
    if let (true, Ok(record)) = (item.text.is_empty(), &item.record) {
        let mut line = Vec::new();
        write_record(record, &mut line);
        text = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
    }
    let mut object = crate::write::json::Object::open(out);
    object.field_if("file", file);
    object.field("line", item.line);
    object.field("reason", reason.name());
    object.field("text", &*text);
    object.close();
    out.push(b'\n');
}
