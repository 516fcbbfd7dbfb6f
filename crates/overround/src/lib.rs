//! Opportunity detection for betting odds.
#![no_std]

extern crate alloc;

pub mod config;
mod engine;
mod error;
mod ids;
pub mod odds_event;
pub mod opportunity;
mod time;

pub use config::Config;
pub use engine::{BatchReport, DeadlineKind, Engine, Stats};
pub use error::{ConfigError, EventError};
pub use ids::{BookmakerId, FamilyId, FeedId, FixtureId, Key, MarketId, OpportunityId, OutcomeIndex, ProfileId};
pub use odds_event::{OddsEvent, OddsUpdate, Side};
pub use opportunity::{Opportunity, OpportunityEvent};
pub use time::Timestamp;
