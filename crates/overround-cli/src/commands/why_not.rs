//! `overround why-not`.

use super::reasons::prose::{Prose, columns, headline, quotes, reference, rules, verdict};
use super::reasons::{Names, Playback, json, moment, moment_text, unknown};
use crate::args::{KindName, SideName, WhyNotArgs};
use crate::failure::Failure;
use overround::explain::{Finding, NoMarkets, Query, QuoteView, Verdict, WhyNot};
use overround::opportunity::Kind;
use overround::{FamilyId, FixtureId, MarketId, OutcomeIndex, Side, Timestamp};
use overround_feed::{Catalog, MarketInfo};
use overround_math::line::Line;
use std::collections::BTreeSet;

pub(super) fn run(args: &WhyNotArgs) -> Result<(), Failure> {
    let at = args.at.as_deref().map(moment).transpose()?;
    let playback = Playback::new(&args.play.feed)?;
    let profile = playback.profile(args.play.profile.as_deref())?;
    let mut replay = playback.play(at, |_| {})?;
    let mut query = query(args, replay.catalog())?;
    query.profile = profile;
    let why = replay.why_not(&query).map_err(|error| no_markets(args, error))?;
    let names = Names { catalog: replay.catalog(), profiles: &playback.profile_names };
    if args.play.json {
        return super::print(&format!("{}\n", json::why_not(&why, &names)));
    }
    super::print_prose(&prose(args, at, &why, &names))
}

fn no_markets(args: &WhyNotArgs, error: NoMarkets) -> Failure {
    match error {
        NoMarkets::Over => Failure::Usage(format!(
            "fixture \"{}\" is over at that moment, and nothing is told of it any more; ask about an earlier one: --at",
            args.fixture
        )),
        _ => Failure::Usage(format!("\"{}\" is first heard of after that moment: --at a later one", args.market)),
    }
}

/// The names as numbers; a name that is not there is an error that says what is.
fn query(args: &WhyNotArgs, catalog: &Catalog) -> Result<Query, Failure> {
    let fixture = catalog.fixture_id(&args.fixture).ok_or_else(|| {
        let ids = (0..).map(FixtureId).map_while(|fixture| catalog.fixture(fixture));
        unknown("fixture", &args.fixture, ids.map(|info| &*info.key))
    })?;
    let (family, info) = family(args, catalog, fixture)?;
    let outcome = args.outcome.as_deref().map(|name| outcome(name, &info)).transpose()?;
    let mut query = match args.line {
        Some(line) => Query::market(market(line, outcome, family, catalog, args)?),
        None => Query::family(family),
    };
    query.outcome = outcome;
    query.kind = args.kind.map(Kind::from);
    query.side = args.side.map(|side| match side {
        SideName::Back => Side::Back,
        SideName::Lay => Side::Lay,
    });
    query.bookmaker = args.bookmaker.as_deref().map(|name| bookmaker(name, catalog)).transpose()?;
    Ok(query)
}

/// The one family of that name, and one of its markets.
fn family<'a>(
    args: &WhyNotArgs,
    catalog: &'a Catalog,
    fixture: FixtureId,
) -> Result<(FamilyId, MarketInfo<'a>), Failure> {
    let is_asked = |info: &MarketInfo<'_>| {
        info.market == args.market
            && info.period == args.period
            && (args.participant.is_none() || info.participant == args.participant.as_deref())
            && (args.line.is_none() || info.line.is_some())
    };
    let all = || catalog.markets_of(fixture).map(|(_, info)| info);
    let found: Vec<MarketInfo<'a>> = all().filter(is_asked).collect();
    let families: BTreeSet<FamilyId> = found.iter().map(|info| info.family).collect();
    match (families.len(), found.first()) {
        (1, Some(info)) => Ok((info.family, *info)),
        (0, _) | (_, None) => {
            let names: BTreeSet<String> = all().map(|info| question(&info)).collect();
            let what = format!(
                "{} {}{}",
                args.market,
                args.period,
                args.participant.as_deref().map(|who| format!(" {who}")).unwrap_or_default()
            );
            Err(unknown(
                &format!("market in fixture \"{}\" named", args.fixture),
                &what,
                names.iter().map(String::as_str),
            ))
        }
        (_, Some(_)) => {
            let names: BTreeSet<String> = found.iter().map(question).collect();
            let list: Vec<String> = names.into_iter().collect();
            Err(Failure::Usage(format!(
                "several markets are named so: say whom it is about with --participant, or the --line; there is {}",
                list.join(", ")
            )))
        }
    }
}

/// "player_points full_game Jones".
fn question(info: &MarketInfo<'_>) -> String {
    let who = info.participant.map(|who| format!(" {who}")).unwrap_or_default();
    format!("{} {}{who}", info.market, info.period)
}

fn outcome(name: &str, info: &MarketInfo<'_>) -> Result<OutcomeIndex, Failure> {
    let found = (0..).map(OutcomeIndex).zip(info.outcomes()).find(|(_, known)| *known == name);
    found.map(|(outcome, _)| outcome).ok_or_else(|| unknown("outcome", name, info.outcomes()))
}

fn bookmaker(name: &str, catalog: &Catalog) -> Result<overround::BookmakerId, Failure> {
    catalog.bookmaker_id(name).ok_or_else(|| {
        let ids = (0..).map(overround::BookmakerId);
        unknown("bookmaker", name, ids.map_while(|bookmaker| catalog.bookmaker(bookmaker)))
    })
}

/// The market at a line: with an outcome the outcome's own, else the canonical one.
fn market(
    line: f64,
    outcome: Option<OutcomeIndex>,
    family: FamilyId,
    catalog: &Catalog,
    args: &WhyNotArgs,
) -> Result<MarketId, Failure> {
    let wanted = Line::from_f64(line)
        .ok_or_else(|| Failure::Usage(format!("--line {line}: lines are multiples of 0.001 within ±2,000,000")))?;
    let own = |info: &MarketInfo<'_>| outcome.map_or(info.line, |outcome| info.own_line(outcome));
    let fixture = catalog.fixture_id(&args.fixture);
    let all = || {
        let markets = fixture.into_iter().flat_map(|fixture| catalog.markets_of(fixture));
        markets.filter(|(_, info)| info.family == family)
    };
    all().find(|(_, info)| own(info) == Some(wanted)).map(|(market, _)| market).ok_or_else(|| {
        let mut lines: Vec<Line> = all().filter_map(|(_, info)| own(&info)).collect();
        lines.sort_unstable();
        let lines: Vec<String> = lines.into_iter().map(|line| line.as_f64().to_string()).collect();
        unknown("line", &wanted.as_f64().to_string(), lines.iter().map(String::as_str))
    })
}

/// Is the finding about the market?
pub(super) fn is_about(finding: &Finding, market: MarketId) -> bool {
    finding.subject.market == market || finding.subject.upper == Some(market)
}

fn prose(args: &WhyNotArgs, at: Option<Timestamp>, why: &WhyNot, names: &Names<'_>) -> Prose {
    let mut out = Prose::default();
    let moment = if at.is_some() { "as asked for" } else { "the end of the feed" };
    if let Some(market) = why.markets.first() {
        let what = names.catalog.market(market.market).map(|info| question(&info)).unwrap_or_default();
        out.line(&format!("{}, {what}", names.fixture(market.fixture)));
    }
    out.line(&format!("at {}, {moment}", moment_text(why.now)));
    for of in &why.rules {
        let of_rules = |finding: &&Finding| {
            (finding.subject.market, finding.profile) == (of.market, of.profile)
                || (finding.subject.upper, finding.profile) == (Some(of.market), of.profile)
        };
        let is_single = why.rules.iter().filter(|other| other.profile == of.profile).count() == 1;
        let mine = why.findings.iter().filter(of_rules).filter(|it| is_single || it.subject.market == of.market);
        out.title(&format!("{}, profile \"{}\"", names.market(of.market), names.profile(of.profile)));
        for finding in mine {
            out.line(&format!("  {} {}", finding.kind.name(), names.subject(finding.kind, &finding.subject)));
            let mut text = verdict(finding, of, &why.markets, names);
            if let (Verdict::Told { .. }, Some(id), Some(today)) = (finding.verdict, finding.id, &finding.today) {
                text.push_str(&format!("; {}, id {id}", headline(today)));
            }
            text.lines().for_each(|line| out.line(&format!("    {line}")));
        }
    }
    let is_shown = |quote: &QuoteView| {
        args.kind != Some(KindName::Ev)
            || (args.outcome.is_none() || why.findings.iter().any(|it| it.subject.outcome == Some(quote.outcome)))
    };
    for view in &why.markets {
        quotes(view, is_shown, why.now, names, &mut out);
        columns(view, names, &mut out);
        out.text.push_str(&reference(&view.reference, names));
    }
    let kind = args.kind.map(Kind::from);
    let mut shown: Vec<&overround::explain::RulesView> = Vec::new();
    for of in &why.rules {
        // Lines of one family have the same rules.
        if !shown.iter().any(|other| other.profile == of.profile) {
            rules(of, kind, &mut out, names);
            shown.push(of);
        }
    }
    out
}
