//! `overround explain`.

use super::reasons::prose::{Prose, columns, finding, headline, quotes, reference, rules, verdict};
use super::reasons::{Names, Playback, json, moment, moment_text};
use crate::args::ExplainArgs;
use crate::failure::Failure;
use overround::explain::{Explanation, Finding, Query, QuoteView};
use overround::opportunity::Figures;
use overround::{Opportunity, OpportunityEvent, OpportunityId, ProfileId, Timestamp};
use overround_feed::Replay;

pub(super) fn run(args: &ExplainArgs) -> Result<(), Failure> {
    let id = parse_id(&args.id)?;
    let at = args.at.as_deref().map(moment).transpose()?;
    let playback = Playback::new(&args.play.feed)?;
    let wanted = playback.profile(args.play.profile.as_deref())?;
    let mut history = History::new(id, wanted);
    playback.play(at, |event| history.take(event))?;
    let Some(last) = history.last.clone() else { return Err(history.unknown(&args.id, at)) };
    let now = at.unwrap_or(last.ts);
    let mut replay = playback.play(Some(now), |_| {})?;
    let profile = last.profile;
    let explanation = replay.explain(id, profile);
    let gone = if explanation.is_none() { find(&mut replay, &last) } else { None };
    let names = Names { catalog: replay.catalog(), profiles: &playback.profile_names };
    let report = Report { args, now, history: &history, last: &last, names };
    match (&explanation, args.play.json) {
        (Some(explanation), false) => super::print_prose(&report.prose(explanation)),
        (Some(explanation), true) => super::print(&format!("{}\n", json::explanation(explanation, &names))),
        (None, false) => super::print_prose(&report.gone(gone.as_ref())),
        (None, true) => {
            let json = json::gone(now, &last, gone.as_ref().map(|gone| &gone.0), &names);
            super::print(&format!("{json}\n"))
        }
    }
}

fn parse_id(text: &str) -> Result<OpportunityId, Failure> {
    let parsed = (text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .then(|| u64::from_str_radix(text, 16).ok())
        .flatten();
    parsed.map(OpportunityId).ok_or_else(|| {
        Failure::Usage(format!("--id {text}: an id is 16 hexadecimal digits, as `overround replay --events` writes it"))
    })
}

/// What stands in the way of something that was told and is gone: the market as it stands.
type Gone = (Finding, overround::explain::WhyNot);

fn find(replay: &mut Replay, last: &Opportunity) -> Option<Gone> {
    let query = Query::market(last.market).with_profile(last.profile).with_kind(last.kind());
    let why = replay.why_not(&query).ok()?;
    let finding = why.findings.iter().find(|finding| finding.id == Some(last.id))?.clone();
    Some((finding, why))
}

/// Everything that was told of one id.
struct History {
    id: OpportunityId,
    profile: Option<ProfileId>,
    /// As last told as open, in the first profile that it is told in.
    last: Option<Box<Opportunity>>,
    lines: Vec<String>,
    others: Vec<OpportunityId>,
}

impl History {
    fn new(id: OpportunityId, profile: Option<ProfileId>) -> Self {
        Self { id, profile, last: None, lines: Vec::new(), others: Vec::new() }
    }

    fn take(&mut self, event: &OpportunityEvent) {
        if event.id() != self.id {
            if !self.others.contains(&event.id()) && self.others.len() < 10 {
                self.others.push(event.id());
            }
            return;
        }
        match event {
            OpportunityEvent::Detected(told) => self.told("detected", told),
            OpportunityEvent::Updated(told) => self.told("updated", told),
            OpportunityEvent::Expired(expired) => {
                if self.profile == Some(expired.profile) {
                    let line = format!("{} expired: {}", moment_text(expired.ts), expired.reason.name());
                    self.lines.push(line);
                }
            }
        }
    }

    fn told(&mut self, what: &str, told: &Opportunity) {
        // The first profile that it is told in, unless one was named.
        if *self.profile.get_or_insert(told.profile) == told.profile {
            self.lines.push(format!("{} {what}: {}", moment_text(told.ts), headline(told)));
            self.last = Some(Box::new(told.clone()));
        }
    }

    fn unknown(&self, id: &str, at: Option<Timestamp>) -> Failure {
        let until = at.map(|at| format!(" up to {}", moment_text(at))).unwrap_or_default();
        let list: Vec<String> = self.others.iter().map(ToString::to_string).collect();
        let known = if list.is_empty() {
            "nothing was told at all".to_owned()
        } else {
            format!("told were {} and maybe more; `overround replay --events -` lists all", list.join(", "))
        };
        Failure::Usage(format!("no opportunity {id} was told{until} in that view; {known}"))
    }
}

/// What is written.
struct Report<'a> {
    args: &'a ExplainArgs,
    now: Timestamp,
    history: &'a History,
    last: &'a Opportunity,
    names: Names<'a>,
}

impl Report<'_> {
    fn head(&self, out: &mut Prose) {
        let moment = match self.args.at {
            Some(_) => "as asked for",
            None => "when it was last told as open",
        };
        let names = &self.names;
        out.line(&format!(
            "{} {} in {}, {}",
            self.last.kind().name(),
            self.last.id,
            names.fixture(self.last.fixture),
            names.market(self.last.market)
        ));
        out.line(&format!("profile \"{}\"; at {}, {moment}", names.profile(self.last.profile), moment_text(self.now)));
        out.title("Told");
        const SHOWN: usize = 12;
        let skipped = self.history.lines.len().saturating_sub(SHOWN);
        if skipped > 0 {
            out.line(&format!("  … {skipped} earlier"));
        }
        self.history.lines[skipped..].iter().for_each(|line| out.line(&format!("  {line}")));
    }

    fn prose(&self, explanation: &Explanation) -> Prose {
        let mut out = Prose::default();
        self.head(&mut out);
        today(explanation, self.last, &self.names, &mut out);
        out
    }

    fn gone(&self, gone: Option<&Gone>) -> Prose {
        let names = &self.names;
        let mut out = Prose::default();
        self.head(&mut out);
        out.title("Today");
        let Some((found, why)) = gone else {
            out.line("  not open: its fixture is over");
            return out;
        };
        let Some(of) = why.rules.first() else { return out };
        out.line(&format!("  not open; {}", verdict(found, of, &why.markets, names)));
        finding(found, of, names, &mut out);
        for market in why.markets.iter().filter(|view| super::why_not::is_about(found, view.market)) {
            quotes(market, |quote| is_leg(self.last, market.market, quote), why.now, names, &mut out);
        }
        rules(of, Some(found.kind), &mut out, names);
        out
    }
}

/// What holds today of something that was last told as `last`, and everything that it follows from.
pub(super) fn today(explanation: &Explanation, last: &Opportunity, names: &Names<'_>, out: &mut Prose) {
    let found = &explanation.finding;
    out.title("Today");
    out.line(&format!("  {}", verdict(found, &explanation.rules, &explanation.markets, names)));
    if let Some(today) = &found.today {
        out.line(&format!("  {} (as told: {})", headline(today), headline(last)));
    }
    finding(found, &explanation.rules, names, out);
    let judged = json::judged_by(found);
    if let Some(judged) = judged {
        out.title("Reference");
        out.text.push_str(&reference(judged, names));
    }
    for market in &explanation.markets {
        quotes(market, |quote| is_leg(last, market.market, quote), explanation.now, names, out);
        columns(market, names, out);
        if judged.is_none() {
            out.text.push_str(&reference(&market.reference, names));
        }
    }
    rules(&explanation.rules, Some(found.kind), out, names);
}

/// Quotes of outcomes that it bets on; of kinds that need every outcome all.
fn is_leg(last: &Opportunity, market: overround::MarketId, quote: &QuoteView) -> bool {
    match &last.figures {
        Figures::Ev(ev) => (quote.outcome, quote.side) == (ev.outcome, ev.side),
        Figures::Middle(middle) => {
            let mut legs = middle.legs.iter();
            legs.any(|leg| leg.market == market && (leg.outcome, leg.side) == (quote.outcome, quote.side))
        }
        Figures::Arbitrage(_) | Figures::LowHold(_) => true,
    }
}
