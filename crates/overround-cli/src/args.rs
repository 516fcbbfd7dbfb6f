//! What can be said on the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use overround::opportunity::Kind;
use overround_feed::adapters::the_odds_api::{OddsApiOptions, OddsApiPrices};
use overround_feed::{Format, Limits};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

/// Finds where money lies on the table in betting odds: +EV, arbitrage, middles and low hold.
#[derive(Debug, Parser)]
#[command(name = "overround", version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play a recorded feed through the engine and show what it finds.
    #[command(after_help = REPLAY_EXAMPLES)]
    Replay(ReplayArgs),
    /// Watch a recording play in the terminal: open opportunities as a live table, and why each of them stands.
    #[command(after_help = WATCH_EXAMPLES)]
    Watch(WatchArgs),
    /// Take apart an opportunity that was told: quotes, ages, reference, and each formula with its numbers.
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// Say why something is not told: the first condition that does not hold, with its numbers.
    #[command(after_help = WHY_NOT_EXAMPLES)]
    WhyNot(WhyNotArgs),
    /// Turn a recording of another format into our feed.
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(ImportArgs),
    /// Remove the margin from the prices of one market.
    #[command(after_help = DEVIG_EXAMPLES)]
    Devig(DevigArgs),
    /// Split money over the outcomes of one market.
    #[command(after_help = STAKE_EXAMPLES)]
    Stake(StakeArgs),
    /// Make up a lifelike feed; the same seed gives the same bytes.
    #[command(after_help = SIMULATE_EXAMPLES)]
    Simulate(SimulateArgs),
    /// Write a completion script for a shell to standard output.
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArgs),
    /// Write the manual: one page to standard output, or a page for each command into a folder.
    #[command(after_help = MAN_EXAMPLES)]
    Man(ManArgs),
}

const EXAMPLES: &str = "Examples:
  overround replay recordings/evening.ndjson.zst
  overround watch recordings/evening.ndjson.zst
  overround simulate --seed 7 | overround replay - --events found.ndjson

Exit status: 0 done (also with records refused); 1 something could not be read or written; 2 bad usage or configuration;
130 stopped by Ctrl-C (143 by a request to end), what was written until then being whole lines.
Colours are used on a terminal only, and not if the environment variable NO_COLOR is set.";

const WATCH_EXAMPLES: &str = "Examples:
  overround watch recordings/evening.ndjson.zst
  overround watch evening.ndjson.zst --speed 600 --kind arbitrage --kind middle
  overround watch nfl.ndjson.zst --format the-odds-api --filter kalshi

Keys: ↑ ↓ choose a row, Enter its explanation, PgUp PgDn scroll it; 1 2 3 4 kinds on and off, / filter by text, s sort;
space pause, + - speed, n run on until something is detected, ? these keys, q quit.";

const COMPLETIONS_EXAMPLES: &str = "Examples:
  overround completions bash > ~/.local/share/bash-completion/completions/overround
  overround completions zsh > \"${fpath[1]}/_overround\"
  overround completions fish > ~/.config/fish/completions/overround.fish";

const MAN_EXAMPLES: &str = "Examples:
  overround man | man -l -
  overround man --dir ~/.local/share/man/man1";

const REPLAY_EXAMPLES: &str = "Examples:
  overround replay evening.ndjson.zst
  overround replay --format the-odds-api nfl.ndjson.zst --events found.ndjson
  overround replay --set arbitrage.min_profit=0.01 --set 'detect=[\"arbitrage\"]' evening.ndjson.zst
  overround import football-data E0.csv | overround replay -
  overround replay evening.ndjson.zst --grade --report evening.html --bets evening.csv
  overround replay E0.csv --grade --bet-kinds ev --stake kelly:0.25 --accept cautious";

const EXPLAIN_EXAMPLES: &str = "Examples:
  overround replay evening.ndjson.zst --events - | grep arbitrage     # find an id
  overround explain evening.ndjson.zst --id 8d95b2e6edc3f2ab
  overround explain evening.ndjson.zst --id 8d95b2e6edc3f2ab --at 2026-08-07T18:30:00Z --json";

const WHY_NOT_EXAMPLES: &str = "Examples:
  overround why-not evening.ndjson.zst --fixture f1 --market moneyline
  overround why-not evening.ndjson.zst --fixture f1 --market total --line 2.5 --outcome over --bookmaker kalshi --kind ev
  overround why-not evening.ndjson.zst --fixture f1 --market spread --kind middle --at 1786127400000000";

const IMPORT_EXAMPLES: &str = "Examples:
  overround import the-odds-api nfl.ndjson.zst -o nfl-feed.ndjson.zst
  overround import football-data E0.csv | overround replay -";

const DEVIG_EXAMPLES: &str = "Examples:
  overround devig -110 -110
  overround devig --method shin 2.6 2.4 4.3
  echo '{\"method\":\"power\",\"odds\":[1.91,\"1.91\"]}' | overround devig --jsonl";

const STAKE_EXAMPLES: &str = "Examples:
  overround stake 2.10 2.05 --total 100
  overround stake +110 +105 --fix 0:50 --round 1
  overround stake 3.0 3.5 2.8 --total 500 --limit 200,,100 --commission 0,0.05,0";

const SIMULATE_EXAMPLES: &str = "Examples:
  overround simulate --seed 7 | overround replay -
  overround simulate --seed 7 --fixtures 200 --minutes 600 -o day.ndjson.zst";

/// Options of `replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Recordings, plain, gzip or zstd; `-` is standard input. Several are merged by time, in this order at ties.
    #[arg(value_name = "FEED", required = true)]
    pub feeds: Vec<PathBuf>,
    #[command(flatten)]
    pub format: FormatArgs,
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// One key of the configuration with a TOML value; wins over the file. May be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub assignments: Vec<String>,
    #[command(flatten)]
    pub limits: LimitArgs,
    /// Write opportunity events here, one JSON object a line; `-` is standard output (the summary then goes to standard error).
    #[arg(long, value_name = "FILE")]
    pub events: Option<PathBuf>,
    /// Write refused lines here, with line number and reason; `-` is standard output, as with --events.
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// How to sum up.
    #[arg(long, value_enum, default_value_t = SummaryStyle::Human)]
    pub summary: SummaryStyle,
    /// How many threads may be used, of which 64 are the most that help. Answers never depend on it.
    #[arg(long, value_name = "N", default_value_t = NonZeroU16::MIN)]
    pub threads: NonZeroU16,
    #[command(flatten)]
    pub grading: GradeArgs,
}

impl ReplayArgs {
    /// Everything that is to be written but the summary.
    pub fn outputs(&self) -> impl Iterator<Item = &Path> {
        let grading = [&self.grading.report, &self.grading.bets];
        [&self.events, &self.rejects].into_iter().chain(grading).filter_map(Option::as_deref)
    }
}

/// How much a feed may name.
#[derive(Debug, Args)]
pub struct LimitArgs {
    /// The most that the feed may name of something; what is beyond is refused as too_many. NAME is fixtures, markets, markets_per_fixture,
    /// lines_per_family, bookmakers, outcomes, cells_per_list or name_bytes. May be repeated.
    #[arg(long = "limit", value_name = "NAME=N", value_parser = limit)]
    pub limits: Vec<(String, u64)>,
}

fn limit(text: &str) -> Result<(String, u64), String> {
    let (name, most) = text.split_once('=').ok_or("not of the form NAME=N")?;
    if !Limits::default().set(name, 0) {
        let names: Vec<&str> = Limits::names().collect();
        return Err(format!("no limit \"{name}\"; there is {}", names.join(", ")));
    }
    let most = most.replace('_', "").parse().map_err(|_| format!("\"{most}\" is no whole number of 0 or more"))?;
    Ok((name.to_owned(), most))
}

/// Options of `replay` about how what was told turned out.
#[derive(Debug, Args)]
#[command(next_help_heading = "Grading")]
pub struct GradeArgs {
    /// Say how what was told turned out: would you have got it, did it beat the close, did it pay? Needs a feed with results; threads then
    /// help little.
    #[arg(long)]
    pub grade: bool,
    /// Write all tables and pictures as one HTML page that opens offline; grades. `-` is standard output (the summary then goes to
    /// standard error).
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Write every bet as a line of CSV, flumine's columns first; grades. `-` is standard output, as above.
    #[arg(long, value_name = "FILE")]
    pub bets: Option<PathBuf>,
    /// How much on each opportunity: flat:AMOUNT, kelly, kelly:SHARE or prudent.
    #[arg(long, value_name = "STAKE", default_value = "flat:100")]
    pub stake: String,
    /// Money to begin with.
    #[arg(long, value_name = "AMOUNT", default_value_t = 10_000.0)]
    pub bankroll: f64,
    /// The largest share of the bankroll that Kelly stakes put on one opportunity.
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub most_share: f64,
    /// Which kinds are bet on [default: arbitrage,ev,middle]. All are graded; tables but that by kind are about these.
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',')]
    pub bet_kinds: Vec<KindName>,
    /// Bet only on what is told at least so long before the start [default: whenever it is told].
    #[arg(long, value_name = "SECONDS")]
    pub bet_lead: Option<f64>,
    /// Bet again on what went and comes again.
    #[arg(long)]
    pub bet_again: bool,
    /// The profile whose opportunities are bet on [default: all].
    #[arg(long, value_name = "NAME")]
    pub bet_profile: Option<String>,
    /// When to look again, in seconds after the telling [default: 0.5,1,2,5,30]. The moments that bets and hedges need come on top.
    #[arg(long, value_name = "SECONDS", value_delimiter = ',')]
    pub horizons: Vec<f64>,
    /// How bets are accepted, as a start: at once and in full, or with delay, refusals and half of the limits. What follows changes it.
    #[arg(long, value_enum, default_value_t = AcceptName::Ideal)]
    pub accept: AcceptName,
    /// From the telling to the bookmaker's answer.
    #[arg(long, value_name = "MS")]
    pub latency_ms: Option<u32>,
    /// The share by which a price may have become worse and is still taken.
    #[arg(long, value_name = "SHARE")]
    pub tolerance: Option<f64>,
    /// The chance that a price has moved against you although the recording does not show it.
    #[arg(long, value_name = "SHARE")]
    pub moved: Option<f64>,
    /// By which share its winnings are then less.
    #[arg(long, value_name = "SHARE")]
    pub moved_by: Option<f64>,
    /// The chance that a bet is refused.
    #[arg(long, value_name = "SHARE")]
    pub rejected: Option<f64>,
    /// Which share of a limit is taken.
    #[arg(long, value_name = "SHARE")]
    pub limit_share: Option<f64>,
    /// What is taken where no limit is shown [default: anything; cautious: 200].
    #[arg(long, value_name = "AMOUNT")]
    pub unknown_limit: Option<f64>,
    /// From the first answer to a hedge of the legs that were not taken.
    #[arg(long, value_name = "MS")]
    pub hedge_after_ms: Option<u32>,
    /// All chance in accepting depends on it.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub accept_seed: u64,
    /// How many resamples the intervals are made of, up to 100,000; 0: no intervals.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(..=100_000))]
    pub resamples: u32,
}

/// How bets are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AcceptName {
    /// At once, in full, within the limits shown.
    Ideal,
    /// After 2 s, 1 % tolerance, a tenth moved, a tenth refused, half of the limits. Made up: put in your own figures.
    Cautious,
}

/// What is played, and how it is judged.
#[derive(Debug, Args)]
pub struct FeedArgs {
    /// Recordings, plain, gzip or zstd; `-` is standard input. Several are merged by time, in this order at ties.
    #[arg(value_name = "FEED", required = true)]
    pub feeds: Vec<PathBuf>,
    #[command(flatten)]
    pub format: FormatArgs,
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// One key of the configuration with a TOML value; wins over the file. May be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub assignments: Vec<String>,
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// Options of `watch`.
#[derive(Debug, Args)]
pub struct WatchArgs {
    #[command(flatten)]
    pub feed: FeedArgs,
    /// How many seconds of the recording pass in one second.
    #[arg(long, value_name = "N", default_value_t = 60.0, value_parser = speed)]
    pub speed: f64,
    /// Show only this kind. May be repeated.
    #[arg(long = "kind", value_enum, value_name = "KIND")]
    pub kinds: Vec<KindName>,
    /// Show only what has this text in its fixture, league, market or bookmakers; case does not matter.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub filter: String,
    /// The profile whose view is shown [default: all].
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if (0.01..=1e6).contains(&speed) => Ok(speed),
        _ => Err("a speed is a number from 0.01 to 1000000; 1 is as fast as it was recorded".to_owned()),
    }
}

/// What is played, how it is judged, and what is asked about it.
#[derive(Debug, Args)]
pub struct PlayArgs {
    #[command(flatten)]
    pub feed: FeedArgs,
    /// The profile whose view is asked about [default: explain: the first that it is told in; why-not: all].
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Write one JSON object instead of prose.
    #[arg(long)]
    pub json: bool,
}

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    #[command(flatten)]
    pub play: PlayArgs,
    /// The opportunity, as `replay --events` names it: 16 hexadecimal digits.
    #[arg(long, value_name = "ID")]
    pub id: String,
    /// The moment: microseconds since the Unix epoch, or RFC 3339; deadlines up to it fire [default: when it was last told as open].
    #[arg(long, value_name = "TS", allow_negative_numbers = true)]
    pub at: Option<String>,
}

/// Options of `why-not`.
#[derive(Debug, Args)]
pub struct WhyNotArgs {
    #[command(flatten)]
    pub play: PlayArgs,
    /// The fixture's key.
    #[arg(long, value_name = "F")]
    pub fixture: String,
    /// The market type as fed.
    #[arg(long, value_name = "M")]
    pub market: String,
    /// The period.
    #[arg(long, value_name = "P", default_value = "full_game")]
    pub period: String,
    /// Whom the market is about.
    #[arg(long, value_name = "P")]
    pub participant: Option<String>,
    /// The line: with --outcome the outcome's own as bookmakers show it, else the canonical one (of a spread the home side's)
    /// [default: all lines].
    #[arg(long, value_name = "L", allow_negative_numbers = true)]
    pub line: Option<f64>,
    /// Only bets on this outcome.
    #[arg(long, value_name = "O")]
    pub outcome: Option<String>,
    /// Only prices of this bookmaker (for ev; what is about a market as a whole is shown all the same).
    #[arg(long, value_name = "B")]
    pub bookmaker: Option<String>,
    /// Only prices on this side (for ev).
    #[arg(long, value_enum)]
    pub side: Option<SideName>,
    /// Only this kind.
    #[arg(long, value_enum)]
    pub kind: Option<KindName>,
    /// The moment: microseconds since the Unix epoch, or RFC 3339; deadlines up to it fire [default: the end of the feed].
    #[arg(long, value_name = "TS", allow_negative_numbers = true)]
    pub at: Option<String>,
}

/// A side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SideName {
    /// A bet on the outcome.
    Back,
    /// A bet against it.
    Lay,
}

/// A kind of opportunity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum KindName {
    /// A set of prices that wins whatever happens.
    Arbitrage,
    /// A market that costs almost nothing to play.
    LowHold,
    /// A price above its fair value.
    Ev,
    /// Two prices between whose lines both bets win.
    Middle,
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::Arbitrage => Self::Arbitrage,
            KindName::LowHold => Self::LowHold,
            KindName::Ev => Self::Ev,
            KindName::Middle => Self::Middle,
        }
    }
}

/// How to read files of other formats.
#[derive(Debug, Args)]
pub struct FormatArgs {
    /// Format of the recordings.
    #[arg(long, value_enum, default_value_t = FormatName::Auto)]
    pub format: FormatName,
    #[command(flatten)]
    pub odds_api: OddsApiArgs,
}

/// Options of the-odds-api's format.
#[derive(Clone, Copy, Debug, Args)]
pub struct OddsApiArgs {
    /// the-odds-api: how prices are written [default: by their values].
    #[arg(long, value_enum)]
    pub odds_format: Option<OddsFormat>,
    /// the-odds-api: time of a bare response, in microseconds since the Unix epoch.
    #[arg(long, value_name = "MICROSECONDS", allow_negative_numbers = true)]
    pub ts: Option<i64>,
}

impl OddsApiArgs {
    fn options(self) -> OddsApiOptions {
        let prices = match self.odds_format {
            None => OddsApiPrices::Detect,
            Some(OddsFormat::American) => OddsApiPrices::American,
            Some(OddsFormat::Decimal) => OddsApiPrices::Decimal,
        };
        let options = OddsApiOptions::default().with_prices(prices);
        self.ts.map_or(options, |ts| options.with_ts(overround::Timestamp(ts)))
    }

    /// The format with these options, if it is the one that has them.
    #[must_use]
    pub fn apply(self, format: Format) -> Format {
        match format {
            Format::TheOddsApi(_) => Format::TheOddsApi(self.options()),
            other => other,
        }
    }
}

impl FormatArgs {
    /// The format asked for; `None`: by content.
    #[must_use]
    pub fn named(&self) -> Option<Format> {
        let format = match self.format {
            FormatName::Auto => return None,
            FormatName::Overround => Format::Overround,
            FormatName::TheOddsApi => Format::TheOddsApi(OddsApiOptions::default()),
            FormatName::FootballData => Format::FootballData,
        };
        Some(self.odds_api.apply(format))
    }
}

/// A format of recordings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    /// By content.
    Auto,
    /// Our NDJSON.
    Overround,
    /// Responses of The Odds API v4.
    TheOddsApi,
    /// CSV of football-data.co.uk.
    FootballData,
}

/// How the-odds-api's prices are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OddsFormat {
    /// −110, +150.
    American,
    /// 1.91, 2.5.
    Decimal,
}

/// How to sum up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SummaryStyle {
    /// Tables for people.
    Human,
    /// One JSON object.
    Json,
    /// Not at all.
    None,
}

/// Options of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Format of the file.
    #[arg(value_enum, value_name = "FORMAT")]
    pub format: FormatName,
    /// The recording; `-` is standard input.
    pub file: PathBuf,
    /// Where to write, compressed if the name ends in .gz or .zst.
    #[arg(short, long, value_name = "OUT", default_value = "-")]
    pub output: PathBuf,
    #[command(flatten)]
    pub odds_api: OddsApiArgs,
}

/// Options of `devig`.
#[derive(Debug, Args)]
pub struct DevigArgs {
    /// The prices of all outcomes: decimal (1.91), American (+150, -110) or probability (52%).
    #[arg(value_name = "PRICE", allow_negative_numbers = true, required_unless_present = "jsonl")]
    pub prices: Vec<String>,
    /// How to remove the margin: multiplicative, additive, differential_margin_weighting, balanced_book, goto, power, shin,
    /// odds_ratio, logarithmic, probit, jsd or worst_case.
    #[arg(long, default_value = "power")]
    pub method: String,
    /// Read one market a line from standard input: {"method":"power","odds":[1.91,"1.91"]}.
    #[arg(long, conflicts_with = "prices")]
    pub jsonl: bool,
}

/// Options of `stake`.
#[derive(Debug, Args)]
pub struct StakeArgs {
    /// One price per outcome: decimal (1.91), American (+150, -110) or probability (52%).
    #[arg(value_name = "PRICE", allow_negative_numbers = true, required_unless_present = "jsonl")]
    pub prices: Vec<String>,
    /// All stakes together [default: 100].
    #[arg(long, value_name = "N")]
    pub total: Option<f64>,
    /// The stake of one leg, as it is or will be placed; the others follow. Legs count from 0.
    #[arg(long, value_name = "INDEX:STAKE", conflicts_with = "total")]
    pub fix: Option<String>,
    /// Stakes are multiples of this.
    #[arg(long, value_name = "STEP")]
    pub round: Option<f64>,
    /// Greatest stakes, in order; an empty place is no limit.
    #[arg(long, value_name = "S1,S2,...")]
    pub limit: Option<String>,
    /// Commissions on net winnings, in order; an empty place is none.
    #[arg(long, value_name = "R1,R2,...")]
    pub commission: Option<String>,
    /// Read one problem a line from standard input:
    /// {"prices":[2.1,2.05],"total":100,"round":1,"limits":[null,50],"commission":[0,0.05],"fix":{"leg":0,"stake":50}}
    #[arg(long, conflicts_with_all = ["prices", "total", "fix", "round", "limit", "commission"])]
    pub jsonl: bool,
}

/// Options of `simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// Everything is drawn from it.
    #[arg(long, value_name = "N")]
    pub seed: u64,
    /// How many fixtures are on.
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..))]
    pub fixtures: u32,
    /// How long the recording is.
    #[arg(long, value_name = "N", default_value_t = 240, value_parser = clap::value_parser!(u32).range(1..))]
    pub minutes: u32,
    /// How many bookmakers quote.
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..))]
    pub bookmakers: u16,
    /// Where to write, compressed if the name ends in .gz or .zst.
    #[arg(short, long, value_name = "OUT", default_value = "-")]
    pub output: PathBuf,
}

/// Options of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Which shell.
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Options of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write `overround.1` and a page for each command into this folder.
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
}
