//! Recorded odds feeds for [`overround`]: the engine knows ids and no strings; here strings become ids.
//!
//! A bot over a recording, or over whatever else gives it [records](Record):
//!
//! ```
//! use overround::{Config, OpportunityEvent};
//! use overround_feed::{Feed, Replay};
//!
//! # let path = std::env::temp_dir().join(format!("overround-feed-doc-{}.ndjson", std::process::id()));
//! # std::fs::write(&path, concat!(
//! #     r#"{"type":"odds","ts":1,"fixture":"f","bookmaker":"a","market":"moneyline","outcome":"home","price":2.1}"#, "\n",
//! #     r#"{"type":"odds","ts":1,"fixture":"f","bookmaker":"b","market":"moneyline","outcome":"away","price":2.1}"#, "\n",
//! # ))?;
//! # let mut bets = 0;
//! # let mut bet = |_: &str| bets += 1;
//! let mut feed = Feed::open(&path)?; // NDJSON, the-odds-api or football-data; plain, .gz or .zst; "-" is standard input
//! let mut replay = Replay::new(Config::recorded())?;
//! loop {
//!     let item = feed.next_item()?;
//!     let told = match &item {
//!         Some(item) => replay.apply(item).unwrap_or_default(), // a refused record changes nothing
//!         None => replay.finish(),
//!     };
//!     let detected = told.iter().filter_map(|event| match event {
//!         OpportunityEvent::Detected(opportunity) => Some(opportunity.market),
//!         _ => None,
//!     });
//!     for market in detected.collect::<Vec<_>>() {
//!         let market = replay.catalog().market(market).expect("what is told has a name");
//!         bet(market.market);
//!     }
//!     if item.is_none() {
//!         break;
//!     }
//! }
//! # assert_eq!(bets, 1);
//! # std::fs::remove_file(&path)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | use |
//! |---|---|
//! | read a file of any format, or several merged by time | [`Feed`], [`Feeds`] |
//! | read a line of our format; write one | [`parse_line`], [`write_record`] |
//! | turn records into odds events, and ids into names | [`Catalog`] |
//! | drive an engine with records, graded if wanted; stop, and go on elsewhere | [`Replay`], [`Replay::snapshot`] |
//! | write opportunity events as NDJSON, with their digest | [`EventLines`], [`write_event`] |
//! | read configuration files | [`config::load`] |
//! | open compressed files and write them | [`io`] |
//!
//! Everything but [`io`] and [`Feed::open`] works on what it is given: no file, clock, environment, thread or random source, and no
//! hash map is ever iterated, so the same input gives the same output everywhere.

pub mod adapters;
mod bytes;
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

pub use bytes::SnapshotError;
pub use catalog::{CATALOG_VERSION, Catalog, CatalogOptions, FixtureInfo, Limits, MarketInfo};
pub use feed::{Feed, FeedError, Feeds, Format, Item};
pub use record::*;
pub use reject::Reject;
#[cfg(feature = "rayon")]
pub use replay::Shards;
pub use replay::{BadGrading, Core, Counts, EventLines, KindCounts, REPLAY_VERSION, Replay, SlowSource, write_refusal};
pub use shape::{built_in_outcomes, built_in_shape, needs_participant};
pub use write::{UnknownId, write_event, write_record};

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
