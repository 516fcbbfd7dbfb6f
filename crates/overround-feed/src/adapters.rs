//! Other people's formats, read as our records.
//!
//! An adapter gives the records that `overround import` writes; replaying its input and replaying what it wrote tell the same events.

pub mod football_data;
mod plan;
pub mod the_odds_api;
mod time;

pub use time::parse_rfc3339;
