//! NDJSON out: feed records and opportunity events, one JSON object a line, into a buffer of the caller's.
//!
//! Numbers are written as the shortest text that reads back as the same f64. A key without a value is left out of a feed record and
//! written as null in an opportunity event, so that every event of a kind has the same keys in the same order.

mod event;
pub(crate) mod json;
mod record;
#[cfg(test)]
mod tests;

pub use event::{UnknownId, write_event};
pub use record::write_record;
