//! Recorded odds feeds for [`overround`]: strings become ids here.

pub mod adapters;
mod catalog;
pub mod config;
mod feed;
pub mod io;
mod lines;
mod lookup;
mod record;
mod reject;
mod replay;
mod shape;
mod write;

pub use catalog::{Catalog, FixtureInfo, MarketInfo};
pub use feed::{Feed, FeedError, Feeds, Format, Item};
pub use record::*;
pub use reject::Reject;
pub use replay::{Counts, EventLines, KindCounts, Replay, SlowSource, write_refusal};
pub use shape::{built_in_outcomes, built_in_shape, needs_participant};
pub use write::{UnknownId, write_event, write_record};
