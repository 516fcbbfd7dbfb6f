//! Configuration files.
//!
//! A file is TOML: a preset and the keys that differ from it, as `overround::config` names them. [`load`] reads one and then applies
//! assignments such as `arbitrage.min_profit=0.01`, each of which wins over the file and over those before it.

use core::fmt;
use overround::Config;
use overround::config::ConfigPatch;
use toml::{Table, Value};

/// A configuration with the names that the engine knows by key only.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LoadedConfig {
    /// What the engine needs.
    pub config: Config,
    /// Names of the profiles, by [`ProfileId`](overround::ProfileId): "default" alone if none is configured.
    pub profile_names: Vec<String>,
}

/// The file of a configuration: what to call it in errors, and what it says.
#[derive(Clone, Copy, Debug)]
pub struct ConfigFile<'a> {
    /// What to call it in errors.
    pub name: &'a str,
    /// TOML.
    pub text: &'a str,
}

/// Reads a configuration: the file, if there is one, then the assignments `key=value` with dotted keys and TOML values.
///
/// # Errors
/// If the file or an assignment is not TOML, has an unknown key or a value that its key cannot have, or if the whole cannot be used.
///
/// ```
/// use overround_feed::config::{ConfigFile, load};
/// let file = ConfigFile { name: "mine.toml", text: "[ev]\nmin = 0.03\n" };
/// let loaded = load(Some(file), &["arbitrage.min_profit=0.01"])?;
/// assert_eq!((loaded.config.ev.min, loaded.config.arbitrage.min_profit), (0.03, 0.01));
/// assert_eq!(loaded.profile_names, ["default"]);
///
/// let error = load(Some(ConfigFile { text: "[ev]\nmim = 0.03\n", ..file }), &[]).unwrap_err();
/// assert_eq!(error.to_string(), "mine.toml, line 2: unknown field `mim`, expected `min` or `max`");
/// # Ok::<(), overround_feed::config::LoadError>(())
/// ```
pub fn load(file: Option<ConfigFile<'_>>, assignments: &[&str]) -> Result<LoadedConfig, LoadError> {
    let mut table = Table::new();
    if let Some(ConfigFile { name, text }) = file {
        let error = |error: toml::de::Error| LoadError {
            place: name.to_owned(),
            line: error.span().map(|span| line_of(text, span.start)),
            problem: one_line(error.message()),
        };
        table = text.parse().map_err(error)?;
        let patch: ConfigPatch = toml::from_str(text).map_err(error)?;
        check(&patch, name)?;
    }
    for assignment in assignments {
        assign(&mut table, assignment)?;
    }
    let place = assignments.last().map_or("configuration".to_owned(), |assignment| place_of(assignment));
    let patch = patch_of(&table, &place)?;
    check(&patch, &place)?;
    Ok(LoadedConfig { config: patch.config(), profile_names: profile_names(&table) })
}

impl Default for LoadedConfig {
    /// What an empty file gives.
    fn default() -> Self {
        Self { config: Config::recorded(), profile_names: vec![DEFAULT_PROFILE.to_owned()] }
    }
}

const DEFAULT_PROFILE: &str = "default";

/// Why a configuration cannot be used: where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    place: String,
    line: Option<usize>,
    problem: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.place, self.problem),
            None => write!(f, "{}: {}", self.place, self.problem),
        }
    }
}

impl std::error::Error for LoadError {}

fn place_of(assignment: &str) -> String {
    format!("--set {assignment}")
}

fn assign(table: &mut Table, assignment: &str) -> Result<(), LoadError> {
    let place = place_of(assignment);
    let fail = |problem: String| Err(LoadError { place: place.clone(), line: None, problem });
    let Some((key, value)) = assignment.split_once('=') else {
        return fail("no `=`: write key=value, such as arbitrage.min_profit=0.01".to_owned());
    };
    if assignment.contains('\n') {
        return fail("more than one line".to_owned());
    }
    match assignment.parse::<Table>() {
        Ok(new) => {
            merge(table, new);
            patch_of(table, &place).map(drop)
        }
        Err(_) if format!("key={value}").parse::<Table>().is_ok() => {
            fail(format!("`{key}` is not a dotted key, such as arbitrage.min_profit"))
        }
        Err(_) if format!("key=\"{value}\"").parse::<Table>().is_ok() => {
            fail(format!("`{value}` is not a TOML value: a text stands in quotes, '{key}=\"{value}\"'"))
        }
        Err(error) => fail(format!("`{value}` is not a TOML value: {}", one_line(error.message()))),
    }
}

/// Puts `new` over `table`: tables are merged key by key, all else is replaced.
fn merge(table: &mut Table, new: Table) {
    for (key, value) in new {
        match (table.get_mut(&key), value) {
            (Some(Value::Table(known)), Value::Table(new)) => merge(known, new),
            (_, value) => {
                table.insert(key, value);
            }
        }
    }
}

fn patch_of(table: &Table, place: &str) -> Result<ConfigPatch, LoadError> {
    table.clone().try_into().map_err(|error: toml::de::Error| LoadError {
        place: place.to_owned(),
        line: None,
        problem: one_line(error.message()),
    })
}

fn check(patch: &ConfigPatch, place: &str) -> Result<(), LoadError> {
    patch.config().check().map_err(|error| LoadError {
        place: place.to_owned(),
        line: None,
        problem: error.to_string(),
    })
}

fn profile_names(table: &Table) -> Vec<String> {
    let profiles = table.get("profile").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if profiles.is_empty() {
        return vec![DEFAULT_PROFILE.to_owned()];
    }
    let name = |profile: &Value| profile.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    profiles.iter().map(name).collect()
}

/// The number of the line in which a byte stands, from 1.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|&byte| byte == b'\n').count() + 1
}

fn one_line(message: &str) -> String {
    message.trim().replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use overround::config::{Degraded, ReferenceMode, UnknownEv};
    use overround::opportunity::{Kind, Kinds};
    use overround::{Engine, Key};

    fn file(text: &str) -> Option<ConfigFile<'_>> {
        Some(ConfigFile { name: "mine.toml", text })
    }

    #[track_caller]
    fn error(text: &str, assignments: &[&str]) -> String {
        load(file(text), assignments).unwrap_err().to_string()
    }

    /// The format's description with its defaults, which must change nothing.
    const DEFAULTS: &str = r#"
        preset = "recorded"
        bookmakers = []
        detect = ["arbitrage", "low_hold", "ev", "middle"]
        [fair]
        mode = "anchor_else_consensus"
        method = "power"
        pool = "mean"
        anchors = [{ bookmaker = "pinnacle", weight = 1.0 }]
        weights = {}
        groups = []
        min_books = 3
        reference_booksum_min = 0.98
        reference_margin_max = 0.10
        [ev]
        min = 0.02
        max = 0.0
        [arbitrage]
        min_profit = 0.005
        max_profit = 0.0
        degraded = "warn"
        [low_hold]
        max_hold = 0.02
        [middle]
        min_size = 0.5
        max_size = 0.0
        min_numbers = 1
        max_loss = 0.05
        min_ev = 0.0
        unknown_ev = "drop"
        [lifecycle]
        min_change = 0.0005
        confirm_after_ms = 0
        hysteresis = 0.0
        retention_after_start_h = 48
        [freshness]
        start_barrier = true
        sources = false
        role_hold_s = 5
        max_age_prematch_ms = 0
        max_age_live_ms = 0
        budgets_s = {}
        hold_limit = 1000000
        hold_timeout_ms = 10000
        [commission]
        [legs]
        exclude = []
    "#;

    #[test]
    fn the_defaults_written_out_are_the_defaults() {
        let written = load(file(DEFAULTS), &[]).unwrap();
        assert_eq!(written, load(None, &[]).unwrap());
        assert_eq!(written, LoadedConfig::default());
        assert_eq!(written.config, Config::recorded());
    }

    #[test]
    fn keys_win_over_the_preset_wherever_they_stand() {
        let loaded = load(file("[ev]\nmax = 0.5\n"), &["preset=\"live\""]).unwrap();
        assert_eq!(loaded.config.ev.max, 0.5);
        assert_eq!(loaded.config.arbitrage.degraded, Degraded::Drop);
        assert_eq!(loaded.config.freshness, Config::live().freshness);
    }

    #[test]
    fn every_section_can_be_written() {
        let text = r#"
            preset = "live"
            bookmakers = ["b", "a"]
            detect = ["ev"]
            [fair]
            mode = "consensus"
            anchors = [{ bookmaker = "a" }]
            weights = { a = 0.5, "b.c" = 0 }
            groups = [["unibet_se", "unibet_nl"]]
            [middle]
            unknown_ev = "tell"
            [freshness]
            budgets_s = { pinnacle = 300 }
            [commission]
            betfair_ex_uk = { base = "winnings", rate = 0.05 }
            [legs]
            exclude = ["x"]
            [[profile]]
            name = "mine"
            bookmakers = ["draftkings", "fanduel"]
            arbitrage = { min_profit = 0.01 }
            detect = ["arbitrage"]
            [[profile]]
            name = "yours"
            [[override]]
            match = { sport = "soccer", league = "epl", market = "total", live = true }
            fair = { method = "shin" }
        "#;
        let loaded = load(file(text), &[]).unwrap();
        let config = &loaded.config;
        assert_eq!(config.bookmakers, [Key::of("b"), Key::of("a")]);
        assert_eq!(config.detect, Kinds::NONE.with(Kind::Ev));
        assert_eq!(config.fair.mode, ReferenceMode::Consensus);
        assert_eq!(config.fair.weights[&Key::of("b.c")], 0.0);
        assert_eq!(config.middle.unknown_ev, UnknownEv::Tell);
        assert_eq!(config.freshness.budgets_s[&Key::of("pinnacle")], 300.0);
        assert_eq!(config.profiles[0].arbitrage.min_profit, Some(0.01));
        assert_eq!(config.overrides[0].matches.live, Some(true));
        assert_eq!(loaded.profile_names, ["mine", "yours"]);
        Engine::new(loaded.config).unwrap();
    }

    #[test]
    fn assignments_are_applied_in_order() {
        let loaded = load(
            file("[fair]\nweights = { a = 2 }\n"),
            &["ev.min=0.03", "ev.min=0.04", "fair.weights.b=0.5", "fair.weights.\"c.d\" = 0", "detect=[\"middle\"]"],
        )
        .unwrap();
        assert_eq!(loaded.config.ev.min, 0.04);
        let weights = &loaded.config.fair.weights;
        assert_eq!(weights.len(), 3);
        assert_eq!(weights[&Key::of("c.d")], 0.0);
        assert_eq!(loaded.config.detect, Kinds::NONE.with(Kind::Middle));
    }

    #[test]
    fn errors_say_where_and_what_to_do() {
        for (text, assignments, expected) in [
            (
                "x = 1",
                &[][..],
                "mine.toml, line 1: unknown field `x`, expected one of `preset`, `bookmakers`, `detect`, `fair`",
            ),
            ("\n[ev]\nmin = \"2%\"\n", &[], "mine.toml, line 3: invalid type: string \"2%\", expected f64"),
            ("[ev\n", &[], "mine.toml, line 1: "),
            ("[ev]\nmin = 0.1\nmin = 0.2\n", &[], "mine.toml, line 3: duplicate key"),
            (
                "detect = [\"evs\"]",
                &[],
                "mine.toml, line 1: unknown variant `evs`, expected one of `arbitrage`, `low_hold`",
            ),
            ("[[profile]]\nname = \"a\"\nfair = {}\n", &[], "mine.toml, line 3: unknown field `fair`"),
            ("[[override]]\nmatch = { team = \"x\" }\n", &[], "mine.toml, line 2: unknown field `team`"),
            ("[ev]\nmax = -1\n", &[], "mine.toml: `ev.max` is out of range"),
            ("", &["ev.mim=1"], "--set ev.mim=1: unknown field `mim`, expected `min` or `max`"),
            ("", &["ev.min"], "--set ev.min: no `=`: write key=value"),
            (
                "",
                &["ev.min=x y"],
                "--set ev.min=x y: `x y` is not a TOML value: a text stands in quotes, 'ev.min=\"x y\"'",
            ),
            (
                "",
                &["fair.method=shin"],
                "--set fair.method=shin: `shin` is not a TOML value: a text stands in quotes, 'fair.method=\"shin\"'",
            ),
            ("", &["ev..min=1"], "--set ev..min=1: `ev..min` is not a dotted key"),
            ("", &["ev.max=-1"], "--set ev.max=-1: `ev.max` is out of range"),
            ("", &["ev.min=1\nev.max=1"], "--set ev.min=1\nev.max=1: more than one line"),
        ] {
            let message = error(text, assignments);
            assert!(message.starts_with(expected), "{message}\n{expected}");
        }
    }
}
