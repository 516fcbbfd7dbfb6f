//! A replay as bytes, and back.

use super::Replay;
use super::counts::{Counts, Gaps};
use crate::bytes::{Reader, SnapshotError, Writer, seal, unseal};
use crate::catalog::Catalog;
use overround::{Engine, OddsEvent};

/// The version of the bytes that [`Replay::snapshot`] writes.
pub const REPLAY_VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"ovreplay";

impl Replay {
    /// The whole state as bytes: engine, names, and what is collected for the present instant. [`restore`](Self::restore) and the records
    /// that come next tell what this replay would have told. Where in its feed the replay stands is for the caller to remember, together
    /// with the bytes. What was counted is not in them: that is about this replay's own life.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        seal(MAGIC, REPLAY_VERSION, |to| {
            to.bytes(&self.engine.snapshot());
            to.bytes(&self.catalog.snapshot());
            to.opt(self.instant, Writer::ts);
            to.len(self.pending.len());
            for event in &self.pending {
                to.bytes(&serde_json::to_vec(event).expect("odds events of a catalog hold finite numbers and texts"));
            }
        })
    }

    /// The replay that wrote these bytes, with counts at zero.
    ///
    /// # Errors
    /// If they are no snapshot of a replay, one of another version, or damaged.
    ///
    /// ```
    /// use overround::Config;
    /// use overround_feed::{Replay, parse_line};
    /// let mut replay = Replay::new(Config::live())?;
    /// replay.apply_record(&parse_line(br#"{"type":"heartbeat","ts":1}"#)?)?;
    /// let again = Replay::restore(&replay.snapshot())?;
    /// assert_eq!(again.instant(), replay.instant());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn restore(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let mut from = unseal(MAGIC, REPLAY_VERSION, bytes)?;
        let engine = Engine::restore(from.bytes()?).map_err(SnapshotError::Engine)?;
        let catalog = Catalog::restore(from.bytes()?, engine.config())?;
        let instant = from.opt(Reader::ts)?;
        let mut pending = Vec::new();
        for _ in 0..from.len()? {
            let event: OddsEvent = serde_json::from_slice(from.bytes()?).map_err(|_| SnapshotError::Damaged)?;
            pending.push(event);
        }
        from.end()?;
        if instant.is_none() && !pending.is_empty() {
            return Err(SnapshotError::Damaged);
        }
        let gaps = Gaps::restored(engine.config(), &catalog);
        let replay = Self { engine, catalog, instant, pending, out: Vec::new(), counts: Counts::default(), gaps };
        if replay.snapshot() == bytes { Ok(replay) } else { Err(SnapshotError::Damaged) }
    }
}
