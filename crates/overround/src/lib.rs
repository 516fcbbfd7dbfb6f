//! Opportunity detection for betting odds.
#![no_std]

extern crate alloc;

mod books;
pub mod config;
mod deadlines;
mod detect;
mod engine;
mod error;
mod fair;
mod identity;
mod ids;
mod intake;
mod lifecycle;
mod memo;
pub mod odds_event;
pub mod opportunity;
mod rules;
mod sources;
mod time;
mod verify;

pub use config::Config;
pub use deadlines::DeadlineKind;
pub use engine::{BatchReport, Engine, Stats};
pub use error::{ConfigError, EventError};
pub use ids::{BookmakerId, FamilyId, FeedId, FixtureId, Key, MarketId, OpportunityId, OutcomeIndex, ProfileId};
pub use odds_event::{OddsEvent, OddsUpdate, Side};
pub use opportunity::{Opportunity, OpportunityEvent};
pub use time::Timestamp;
