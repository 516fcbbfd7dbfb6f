//! The same odds event as a service sends it: a compact delta of seven fields in JSON.
//!
//! `{"id":"123456","odds_american":-150,"odds_decimal":1.667,"odds_probability":0.6,"line":null,"is_live":false,"timestamp":"2026-02-08T18:47:38Z"}`

use overround::OddsEvent;
use overround::odds_event::OddsUpdate;
use overround_math::odds::Odds;
use serde::Deserialize;
use std::io::Write;

/// A delta, read without copying its strings.
#[derive(Debug, Deserialize, PartialEq)]
pub struct Delta<'a> {
    /// Which quote.
    #[serde(borrow)]
    pub id: &'a str,
    /// American odds.
    pub odds_american: i32,
    /// Decimal odds.
    pub odds_decimal: f64,
    /// 1/price.
    pub odds_probability: f64,
    /// The line, if there is one.
    pub line: Option<f64>,
    /// In play.
    pub is_live: bool,
    /// When the service last saw it.
    #[serde(borrow)]
    pub timestamp: &'a str,
}

/// A list of deltas, each a text of its own.
#[derive(Debug, Default)]
pub struct Deltas {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Deltas {
    /// Writes the price events of a list; others have no delta.
    ///
    /// # Panics
    /// If a delta does not read back as it was written.
    #[must_use]
    pub fn of(events: &[OddsEvent]) -> Self {
        let mut deltas = Self::default();
        let updates =
            events.iter().filter_map(|event| if let OddsEvent::Odds(update) = event { Some(update) } else { None });
        for (second, update) in (0_u32..).zip(updates) {
            deltas.push(update, second);
        }
        deltas
    }

    fn push(&mut self, update: &OddsUpdate, second: u32) {
        let id = (u64::from(update.market.0) * 100 + u64::from(update.bookmaker.0)) * 10 + u64::from(update.outcome.0);
        let price = update.price.map_or(0.0, Odds::decimal);
        let american = if price >= 2.0 { (price - 1.0) * 100.0 } else { -100.0 / (price - 1.0) }.round();
        let (minute, second) = (second / 60 % 60, second % 60);
        let begin = self.text.len();
        write!(
            self.text,
            "{{\"id\":\"{id}\",\"odds_american\":{american},\"odds_decimal\":{price},\"odds_probability\":{:.3},\"line\":null,\
             \"is_live\":false,\"timestamp\":\"2026-02-08T18:{minute:02}:{second:02}Z\"}}",
            1.0 / price,
        )
        .expect("a list takes all");
        let delta = parse(&self.text[begin..]);
        assert!(delta.id == id.to_string() && delta.odds_decimal.to_bits() == price.to_bits(), "{delta:?}");
        self.ends.push(self.text.len());
    }

    /// The texts of deltas `from` to `to`.
    pub fn texts(&self, from: usize, to: usize) -> impl Iterator<Item = &[u8]> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied()).skip(from);
        begins.zip(&self.ends[from..to]).map(|(begin, &end)| &self.text[begin..end])
    }

    /// Bytes of the average delta.
    #[must_use]
    pub const fn mean_bytes(&self) -> usize {
        self.text.len() / self.ends.len()
    }
}

/// Parses one delta with sonic-rs.
///
/// # Panics
/// If it is not one.
#[must_use]
pub fn parse(text: &[u8]) -> Delta<'_> {
    sonic_rs::from_slice(text).expect("a delta")
}
