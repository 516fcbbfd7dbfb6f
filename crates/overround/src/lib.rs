//! Opportunity detection for betting odds: +EV, arbitrage, middles and low hold from a stream of prices.
//!
//! A pure machine: [`OddsEvent`]s and the time go into an [`Engine`], [`OpportunityEvent`]s come out. It reads no clock, does no IO,
//! starts no thread and needs no std. Names reach it as 64-bit [`Key`]s, so that it handles numbers only; `overround-feed` turns names
//! and recorded feeds into odds events.
//!
//! | to | see |
//! |---|---|
//! | feed it and call it at the right times | [`Engine`], with a worked example |
//! | say what happened | [`odds_event`] |
//! | read what it found | [`opportunity`] |
//! | choose thresholds, references, profiles | [`config`] |
//! | ask why something was told, or was not | [`explain`] |
//! | see how what was told turned out | [`grade`] |
//!
//! ```
//! use overround::{Config, Engine, OddsEvent, Timestamp};
//!
//! let mut engine = Engine::new(Config::live())?; // or Config::recorded()
//! let mut out = Vec::new();
//! engine.apply(Timestamp(1_000_000), &OddsEvent::Heartbeat(None), &mut out)?;
//! assert!(out.is_empty() && engine.opportunities().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]

extern crate alloc;

mod assignment;
mod books;
mod code;
pub mod config;
mod deadlines;
mod detect;
mod engine;
mod error;
pub mod explain;
mod fair;
pub mod grade;
mod identity;
mod ids;
mod intake;
pub mod kelly;
mod laws;
mod lifecycle;
mod memo;
pub mod odds_event;
pub mod opportunity;
mod pages;
mod rules;
#[cfg(feature = "rayon")]
mod shards;
mod sources;
mod time;
mod verify;

pub use config::Config;
pub use deadlines::DeadlineKind;
pub use detect::{Combination, MAX_COMBINED_OUTCOMES};
pub use engine::{
    BatchReport, BetOn, Engine, FairFrom, FairNow, FixtureFacts, Hedge, HedgeRequest, MarketFacts, QuoteNow,
    SNAPSHOT_VERSION, Stats,
};
pub use error::{ConfigError, EventError, HedgeError, RestoreError};
pub use ids::{BookmakerId, FamilyId, FeedId, FixtureId, Key, MarketId, OpportunityId, OutcomeIndex, ProfileId};
pub use odds_event::{OddsEvent, OddsUpdate, Side};
pub use opportunity::{Opportunity, OpportunityEvent};
#[cfg(feature = "rayon")]
pub use shards::{Run, ShardedEngine};
pub use time::Timestamp;

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
