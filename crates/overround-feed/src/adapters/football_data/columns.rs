//! What the columns of a file mean.

use csv::StringRecord;
use overround_math::line::Line;

/// Where a file has what.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) division: usize,
    pub(super) date: usize,
    pub(super) time: Option<usize>,
    pub(super) home: usize,
    pub(super) away: usize,
    pub(super) home_goals: Option<usize>,
    pub(super) away_goals: Option<usize>,
    /// In the order of the file.
    pub(super) prices: Vec<PriceColumn>,
}

/// A column of prices.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PriceColumn {
    pub(super) at: usize,
    pub(super) name: String,
    pub(super) bookmaker: String,
    pub(super) stage: Stage,
    pub(super) market: &'static str,
    pub(super) outcome: &'static str,
    /// Where a handicap's home line stands.
    pub(super) line_at: Option<usize>,
    /// The line of a total.
    pub(super) line: Option<Line>,
}

impl PriceColumn {
    pub(super) fn is_away_handicap(&self) -> bool {
        self.market == "spread" && self.outcome == "away"
    }
}

/// When prices were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    PreMatch,
    Closing,
}

/// The three kinds of markets: what stands behind the prefix, and what it means.
const MARKETS: [(&str, &[(&str, &str)]); 3] = [
    ("match_result", &[("H", "home"), ("D", "draw"), ("A", "away")]),
    ("total", &[(">2.5", "over"), ("<2.5", "under")]),
    ("spread", &[("AHH", "home"), ("AHA", "away")]),
];

impl Columns {
    /// Finds the columns by the names in the first row.
    pub(super) fn find(header: &StringRecord) -> Result<Self, String> {
        let find = |name: &str| header.iter().position(|column| column == name);
        let need = |name: &str| {
            find(name)
                .ok_or_else(|| format!("no column `{name}`: not a file of football-data.co.uk, or one without header"))
        };
        let mut columns = Self {
            division: need("Div")?,
            date: need("Date")?,
            time: find("Time"),
            home: need("HomeTeam")?,
            away: need("AwayTeam")?,
            home_goals: find("FTHG"),
            away_goals: find("FTAG"),
            prices: Vec::new(),
        };
        for (at, name) in header.iter().enumerate() {
            // A name that stands twice is read where it stands first.
            if find(name) == Some(at) {
                columns.prices.extend(price_column(header, at, name));
            }
        }
        Ok(columns)
    }
}

fn price_column(header: &StringRecord, at: usize, name: &str) -> Option<PriceColumn> {
    let has = |name: &str| header.iter().any(|column| column == name);
    let is_full = |prefix: &str, ends: &[(&str, &str)]| ends.iter().all(|(end, _)| has(&format!("{prefix}{end}")));
    MARKETS.iter().find_map(|&(market, ends)| {
        let &(end, outcome) = ends.iter().find(|(end, _)| name.ends_with(end))?;
        let prefix = name.strip_suffix(end)?;
        if prefix.is_empty() || ["Max", "Avg", "Bb"].iter().any(|skipped| prefix.starts_with(skipped)) {
            return None;
        }
        if !is_full(prefix, ends) {
            return None;
        }
        let open = prefix.strip_suffix('C').filter(|open| !open.is_empty() && is_full(open, ends));
        let (stage, prefix) = open.map_or((Stage::PreMatch, prefix), |open| (Stage::Closing, open));
        let line_at = match (market, stage) {
            ("spread", Stage::PreMatch) => header.iter().position(|column| column == "AHh"),
            ("spread", Stage::Closing) => header.iter().position(|column| column == "AHCh"),
            _ => None,
        };
        if market == "spread" && line_at.is_none() {
            return None;
        }
        Some(PriceColumn {
            at,
            name: name.to_owned(),
            bookmaker: bookmaker(prefix),
            stage,
            market,
            outcome,
            line_at,
            line: if market == "total" { Line::from_thousandths(2500) } else { None },
        })
    })
}

fn bookmaker(prefix: &str) -> String {
    match prefix {
        "BFE" => "betfair_exchange".to_owned(),
        "P" => "ps".to_owned(),
        _ => prefix.to_lowercase(),
    }
}
