//! A reference of one's own: fair probabilities from the average of two sharp bookmakers' best-of-both prices, which no configuration
//! says, and the +EV that follows from it.
//!
//! ```text
//! cargo run --release -p overround-examples --bin custom_reference -- recordings/evening.ndjson.zst
//! ```

use overround::odds_event::Side;
use overround::{Config, MarketId, OutcomeIndex, ProfileId};
use overround_feed::{Feed, Replay};
use overround_math::devig::{Method, devig};
use overround_math::ev::expected_value;
use std::collections::BTreeSet;
use std::error::Error;

/// Whose prices are the reference.
const SHARP: [&str; 2] = ["pinnacle", "betfair_ex_uk"];
const MIN_EV: f64 = 0.03;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or("recordings/evening.ndjson.zst".to_owned());
    let mut feed = Feed::open(path.as_ref())?;
    let mut replay = Replay::new(Config::recorded())?;
    let mut found = BTreeSet::new();
    let mut records = 0_u32;
    while let Some(item) = feed.next_item()? {
        replay.apply(&item).unwrap_or_default();
        records += 1;
        // Now and then all markets are gone through; a bot would look at those whose prices moved.
        if records.is_multiple_of(2_000) {
            let markets = u32::try_from(replay.catalog().markets())?;
            for market in (0..markets).map(MarketId) {
                judge(&mut replay, market, &mut found);
            }
        }
    }
    println!("{} prices were worth {MIN_EV} or more by the reference of {}", found.len(), SHARP.join(" and "));
    assert!(!found.is_empty(), "the recording that ships with the project has some");
    Ok(())
}

type Found = BTreeSet<(MarketId, OutcomeIndex, String)>;

/// Nothing where the market is over or the reference has no price for an outcome.
fn judge(replay: &mut Replay, market: MarketId, found: &mut Found) -> Option<()> {
    let book = replay.market_book(market, ProfileId(0))?;
    let catalog = replay.catalog();
    let info = catalog.market(market)?;
    let is_sharp = |name: &str| SHARP.contains(&name);
    let usable = || book.quotes.iter().filter(|quote| quote.fault.is_none() && quote.side == Side::Back);
    // The higher of the sharp prices of each outcome: together nearer to no margin than either alone.
    let mut best = vec![1.0_f64; info.outcomes().count()];
    for quote in usable().filter(|quote| catalog.bookmaker(quote.bookmaker).is_some_and(is_sharp)) {
        let best = &mut best[quote.outcome.index()];
        *best = best.max(quote.price?);
    }
    let mut fair = vec![0.0; best.len()];
    devig(Method::Shin, &best, &mut fair).ok()?;
    for quote in usable() {
        let name = catalog.bookmaker(quote.bookmaker)?;
        let Some(net) = quote.net_price else { continue };
        let ev = expected_value(fair[quote.outcome.index()], net);
        if !is_sharp(name) && ev >= MIN_EV && found.insert((market, quote.outcome, name.to_owned())) {
            println!("{} {} at {name} @ {net}: ev {ev:.3}", info.market, info.outcome(quote.outcome)?);
        }
    }
    Some(())
}
