//! Recorded odds feeds for [`overround`]: strings become ids here.

mod catalog;
mod lookup;
mod record;
mod reject;
mod shape;
pub mod write;

pub use catalog::{Catalog, FixtureInfo, MarketInfo};
pub use record::*;
pub use reject::Reject;
pub use shape::{built_in_outcomes, built_in_shape, needs_participant};
pub use write::{write_event, write_record};
