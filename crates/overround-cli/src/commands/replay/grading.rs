//! `overround replay --grade`: how what was told turned out.

mod bets;
mod figures;
mod page;
mod plots;
mod tables;

use super::super::{paths::Whole, reasons::Names};
use crate::args::{AcceptName, GradeArgs};
use crate::failure::Failure;
use figures::Report;
use overround::grade::betting::{Acceptance, Plan, Repeat, Stakes};
use overround::grade::{Ask, Grade, Graded, Settings};
use overround::opportunity::{Kind, Kinds};
use overround::{Engine, ProfileId};
use overround_feed::{Core, Replay, Shards};
use std::path::PathBuf;

/// A replay that may be graded.
pub(super) trait Follow: Core + Sized {
    /// The grades since the last call; at the end, those of what is still followed, too.
    fn grades(_: &mut Replay<Self>, _: bool) -> Vec<Grade> {
        Vec::new()
    }

    /// How many were told that are not graded.
    fn not_followed(_: &Replay<Self>) -> u64 {
        0
    }
}

impl Follow for Engine {}

impl Follow for Shards {}

impl<E: Ask> Follow for Graded<E> {
    fn grades(replay: &mut Replay<Self>, is_end: bool) -> Vec<Grade> {
        if is_end { replay.finish_grades() } else { replay.take_grades() }
    }

    fn not_followed(replay: &Replay<Self>) -> u64 {
        replay.engine().not_followed()
    }
}

/// What is to be looked at and bet.
#[derive(Clone, Debug)]
pub(super) struct Grading {
    pub(super) settings: Settings,
    plan: Plan,
    resamples: u32,
}

impl Grading {
    /// As the arguments say; `None` if nothing is to be graded.
    pub(super) fn new(args: &GradeArgs, profile_names: &[String]) -> Result<Option<Self>, Failure> {
        if !args.grade && args.report.is_none() && args.bets.is_none() {
            return Ok(None);
        }
        let mut plan = Plan::flat();
        plan.bankroll = cents("--bankroll", args.bankroll)?;
        plan.stakes = stakes(&args.stake)?;
        plan.most_share = share("--most-share", args.most_share)?;
        if !args.bet_kinds.is_empty() {
            plan.kinds = args.bet_kinds.iter().fold(Kinds::NONE, |kinds, kind| kinds.with(Kind::from(*kind)));
        }
        if let Some(seconds) = args.bet_lead {
            let us = micros(seconds);
            let us = us.ok_or_else(|| {
                Failure::Usage(format!("--bet-lead {seconds}: seconds from 0 to {MOST_SECONDS} are needed"))
            })?;
            plan.lead_us = Some(us);
        }
        // A feed tells no other results.
        plan.only_by_end = true;
        plan.repeat = if args.bet_again { Repeat::Every } else { Repeat::Once };
        plan.acceptance = acceptance(args)?;
        if let Some(name) = &args.bet_profile {
            let index = profile_names.iter().position(|known| known == name);
            let index =
                index.ok_or_else(|| Failure::Usage(format!("--bet-profile {name}: no profile of that name")))?;
            plan.profile = Some(ProfileId(index.try_into().unwrap_or(u16::MAX)));
        }
        let mut settings = Settings::default();
        if !args.horizons.is_empty() {
            settings.horizons_us = Vec::new();
        }
        for &seconds in &args.horizons {
            let us = micros(seconds).filter(|&us| us > 0);
            let us = us.ok_or_else(|| {
                Failure::Usage(format!("--horizons {seconds}: seconds from 0.000001 to {MOST_SECONDS} are needed"))
            })?;
            settings = settings.with_horizon(us);
        }
        for horizon in plan.acceptance.horizons() {
            settings = settings.with_horizon(horizon);
        }
        if settings.horizons_us.len() > Settings::MOST_HORIZONS {
            return Err(Failure::Usage(format!("--horizons: at most {} are possible", Settings::MOST_HORIZONS)));
        }
        Ok(Some(Self { settings, plan, resamples: args.resamples }))
    }

    /// Works everything out and writes what is asked for.
    pub(super) fn report(
        &self,
        outputs: Outputs,
        grades: &[Grade],
        not_followed: u64,
        names: Names<'_>,
    ) -> Result<Written, Failure> {
        let report = Report::new(grades, self, names);
        if let Some(output) = outputs.bets {
            output.write(&bets::log(grades, &report, names))?;
        }
        if let Some(output) = outputs.report {
            output.write(page::page(&report, grades, not_followed)?.as_bytes())?;
        }
        let json = serde_json::to_value(&report).expect("texts and finite numbers always have a JSON form");
        Ok(Written { tables: tables::tables(&report, not_followed), json })
    }
}

/// The files that are asked for.
pub(super) struct Outputs {
    bets: Option<Whole>,
    report: Option<Whole>,
}

impl Outputs {
    /// Makes sure that they can be written, before anything is replayed.
    pub(super) fn new(args: &GradeArgs) -> Result<Self, Failure> {
        let create = |path: &Option<PathBuf>| path.as_deref().map(Whole::create).transpose();
        Ok(Self { bets: create(&args.bets)?, report: create(&args.report)? })
    }
}

/// What is to be shown of a report.
pub(super) struct Written {
    pub(super) tables: String,
    pub(super) json: serde_json::Value,
}

fn acceptance(args: &GradeArgs) -> Result<Acceptance, Failure> {
    let mut acceptance = match args.accept {
        AcceptName::Ideal => Acceptance::ideal(),
        AcceptName::Cautious => Acceptance::cautious(),
    };
    let ms = |ms: u32| i64::from(ms) * 1000;
    acceptance.latency_us = args.latency_ms.map_or(acceptance.latency_us, ms);
    acceptance.hedge_after_us = args.hedge_after_ms.map_or(acceptance.hedge_after_us, ms);
    for (name, given, field) in [
        ("--tolerance", args.tolerance, &mut acceptance.tolerance),
        ("--moved", args.moved, &mut acceptance.moved_share),
        ("--moved-by", args.moved_by, &mut acceptance.moved_by),
        ("--rejected", args.rejected, &mut acceptance.rejected_share),
        ("--limit-share", args.limit_share, &mut acceptance.limit_share),
    ] {
        if let Some(given) = given {
            *field = share(name, given)?;
        }
    }
    if let Some(limit) = args.unknown_limit {
        acceptance.unknown_limit = Some(limit).filter(|limit| limit.is_finite() && *limit >= 0.0);
        if acceptance.unknown_limit.is_none() {
            return Err(Failure::Usage(format!("--unknown-limit {limit}: an amount of at least 0 is needed")));
        }
    }
    acceptance.seed = args.accept_seed;
    Ok(acceptance)
}

fn share(name: &str, value: f64) -> Result<f64, Failure> {
    if (0.0..=1.0).contains(&value) {
        return Ok(value);
    }
    Err(Failure::Usage(format!("{name} {value}: a share from 0 to 1 is needed")))
}

fn stakes(text: &str) -> Result<Stakes, Failure> {
    let bad = || Failure::Usage(format!("--stake {text}: flat:AMOUNT, kelly, kelly:SHARE or prudent is needed"));
    match text.split_once(':') {
        None if text == "kelly" => Ok(Stakes::Kelly(1.0)),
        None if text == "prudent" => Ok(Stakes::Prudent),
        Some(("flat", amount)) => Ok(Stakes::Flat(cents("--stake", amount.parse().map_err(|_| bad())?)?)),
        Some(("kelly", given)) => Ok(Stakes::Kelly(share("--stake", given.parse().map_err(|_| bad())?)?)),
        _ => Err(bad()),
    }
}

/// An amount in whole cents.
fn cents(name: &str, amount: f64) -> Result<i64, Failure> {
    /// Beyond it cents are no longer exact in a float.
    const MOST: f64 = 1e13;
    if !(0.01..=MOST).contains(&amount) {
        return Err(Failure::Usage(format!("{name} {amount}: an amount from 0.01 to {MOST:e} is needed")));
    }
    #[expect(clippy::cast_possible_truncation, reason = "in range")]
    let cents = (amount * 100.0).round() as i64;
    Ok(cents)
}

/// A year.
const MOST_SECONDS: f64 = 32_000_000.0;

fn micros(seconds: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "in range")]
    (0.0..=MOST_SECONDS).contains(&seconds).then(|| (seconds * 1e6).round() as i64)
}
