//! The best opportunities of each kind, for people.

use crate::style::Prose;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use overround::opportunity::{Figures, Kind, Leg};
use overround::{
    BookmakerId, MarketId, Opportunity, OpportunityEvent, OpportunityId, OutcomeIndex, ProfileId, Side, Timestamp,
};
use overround_feed::{Catalog, MarketInfo};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// One opportunity from its detection to its end.
#[derive(Debug)]
struct Episode {
    /// As it was when its figure was best.
    best: Box<Opportunity>,
    ended: Option<Timestamp>,
}

/// The best episodes of each kind so far, and those that are open.
#[derive(Debug)]
pub(super) struct Episodes {
    most: usize,
    open: BTreeMap<(OpportunityId, ProfileId), Episode>,
    best: BTreeMap<Kind, Vec<Episode>>,
}

impl Episodes {
    /// Keeps `most` of each kind.
    pub(super) fn new(most: usize) -> Self {
        Self { most, open: BTreeMap::new(), best: BTreeMap::new() }
    }

    pub(super) fn take(&mut self, event: &OpportunityEvent) {
        match event {
            OpportunityEvent::Detected(opportunity) => {
                let episode = Episode { best: opportunity.clone(), ended: None };
                self.open.insert((opportunity.id, opportunity.profile), episode);
            }
            OpportunityEvent::Updated(opportunity) => {
                if let Some(episode) = self.open.get_mut(&(opportunity.id, opportunity.profile))
                    && merit(opportunity) > merit(&episode.best)
                {
                    episode.best = opportunity.clone();
                }
            }
            OpportunityEvent::Expired(expired) => {
                if let Some(mut episode) = self.open.remove(&(expired.id, expired.profile)) {
                    episode.ended = Some(expired.ts);
                    self.keep(episode);
                }
            }
        }
    }

    fn keep(&mut self, episode: Episode) {
        let list = self.best.entry(episode.best.kind()).or_default();
        list.push(episode);
        list.sort_by(|a, b| by_merit(&a.best, &b.best));
        list.truncate(self.most);
    }

    /// A table for each kind of which there are any.
    pub(super) fn tables(mut self, catalog: &Catalog, out: &mut Prose) {
        for episode in std::mem::take(&mut self.open).into_values() {
            self.keep(episode);
        }
        for (kind, episodes) in &self.best {
            let mut table = Table::new();
            table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
            table.set_header(["seen (UTC)", "lasted", "fixture", "market", figure_name(*kind), "bets"]);
            for episode in episodes {
                table.add_row(row(episode, catalog));
            }
            if let Some(column) = table.column_mut(4) {
                column.set_cell_alignment(CellAlignment::Right);
            }
            out.heading(title(*kind));
            out.line(&format!("{table}\n"));
        }
    }
}

/// The figure by which opportunities of one kind are compared: more is better.
pub(in crate::commands) fn merit(opportunity: &Opportunity) -> f64 {
    match &opportunity.figures {
        Figures::Arbitrage(arbitrage) => arbitrage.profit_min,
        Figures::LowHold(low_hold) => -low_hold.hold,
        Figures::Ev(ev) => ev.ev,
        Figures::Middle(middle) => middle.ev.unwrap_or(middle.worst),
    }
}

/// Best first; at ties the earlier, then the id.
fn by_merit(a: &Opportunity, b: &Opportunity) -> Ordering {
    merit(b).total_cmp(&merit(a)).then(a.detected_ts.cmp(&b.detected_ts)).then(a.id.cmp(&b.id))
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Arbitrage => "arbitrage: wins whatever happens",
        Kind::LowHold => "low hold: costs almost nothing to play",
        Kind::Ev => "ev: a price above its fair value",
        Kind::Middle => "middle: both bets may win",
    }
}

fn figure_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Arbitrage => "least profit",
        Kind::LowHold => "hold",
        Kind::Ev => "ev",
        Kind::Middle => "ev (worst)",
    }
}

fn row(episode: &Episode, catalog: &Catalog) -> [String; 6] {
    let opportunity = &episode.best;
    let lasted = match episode.ended {
        Some(ended) => duration(ended.since_us(opportunity.detected_ts)),
        None => "open".to_owned(),
    };
    [
        clock_time(opportunity.detected_ts),
        lasted,
        fixture_text(opportunity, catalog),
        market_text(opportunity, catalog),
        figure(opportunity),
        bets(opportunity, catalog),
    ]
}

/// Who plays whom, or the fixture's key.
pub(in crate::commands) fn fixture_text(opportunity: &Opportunity, catalog: &Catalog) -> String {
    let fixture = catalog.fixture(opportunity.fixture).map(|fixture| match (&fixture.home, &fixture.away) {
        (Some(home), Some(away)) => format!("{home} – {away}"),
        _ => fixture.key.to_string(),
    });
    fixture.unwrap_or_default()
}

pub(in crate::commands) fn market_text(opportunity: &Opportunity, catalog: &Catalog) -> String {
    let Some(market) = catalog.market(opportunity.market) else { return String::new() };
    let mut text = market.market.to_owned();
    if let Some(participant) = market.participant {
        text = format!("{participant} {text}");
    }
    if market.period != "full_game" {
        text = format!("{text} {}", market.period);
    }
    text
}

pub(in crate::commands) fn figure(opportunity: &Opportunity) -> String {
    let percent = |fraction: f64| format!("{:.2} %", 100.0 * fraction);
    match &opportunity.figures {
        Figures::Arbitrage(arbitrage) => percent(arbitrage.profit_min),
        Figures::LowHold(low_hold) => percent(low_hold.hold),
        Figures::Ev(ev) => percent(ev.ev),
        Figures::Middle(middle) => {
            let ev = middle.ev.map_or("unknown".to_owned(), percent);
            format!("{ev} ({})", percent(middle.worst))
        }
    }
}

pub(in crate::commands) fn bets(opportunity: &Opportunity, catalog: &Catalog) -> String {
    let name = |bookmaker: BookmakerId| catalog.bookmaker(bookmaker).unwrap_or_default();
    let legs = |legs: &[Leg]| {
        let leg = |leg: &Leg| {
            let bet = bet_text(catalog, leg.market, leg.outcome, leg.side);
            format!("{:.1} % on {bet} {} @ {}", 100.0 * leg.stake_fraction, price(leg.price), name(leg.bookmaker))
        };
        legs.iter().map(leg).collect::<Vec<String>>().join("\n")
    };
    match &opportunity.figures {
        Figures::Arbitrage(arbitrage) => legs(&arbitrage.legs),
        Figures::Middle(middle) => legs(&middle.legs),
        Figures::Ev(ev) => {
            let bet = bet_text(catalog, opportunity.market, ev.outcome, ev.side);
            format!("{bet} {} @ {}, fair {}", price(ev.price), name(ev.bookmaker), price(ev.fair_price))
        }
        Figures::LowHold(low_hold) => {
            let side = |side: &overround::opportunity::LowHoldSide| {
                let names: Vec<&str> = side.bookmakers.iter().map(|&bookmaker| name(bookmaker)).collect();
                let bet = bet_text(catalog, opportunity.market, side.outcome, side.side);
                format!("{bet} {} @ {}", price(side.price), names.join(", "))
            };
            low_hold.sides.iter().map(side).collect::<Vec<String>>().join("\n")
        }
    }
}

/// What is bet on: "over 2.5", "lay home".
fn bet_text(catalog: &Catalog, market: MarketId, outcome: OutcomeIndex, side: Side) -> String {
    let market: Option<MarketInfo<'_>> = catalog.market(market);
    let name = market.as_ref().and_then(|market| market.outcome(outcome)).unwrap_or_default();
    let line = market.as_ref().and_then(|market| market.own_line(outcome));
    let mut text = if side == Side::Lay { format!("lay {name}") } else { name.to_owned() };
    if let Some(line) = line {
        let is_handicap = matches!(name, "home" | "away");
        let number = line.as_f64();
        text = if is_handicap { format!("{text} {number:+}") } else { format!("{text} {number}") };
    }
    text
}

fn price(price: f64) -> String {
    format!("{price:.3}")
}

/// Hours, minutes and seconds of the day.
pub(in crate::commands) fn clock_time(ts: Timestamp) -> String {
    let seconds = ts.0.div_euclid(1_000_000).rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

pub(in crate::commands) fn duration(us: i64) -> String {
    let seconds = us / 1_000_000;
    match seconds {
        0..60 => format!("{}.{} s", seconds, us / 100_000 % 10),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}
