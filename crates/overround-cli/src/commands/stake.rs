//! `overround stake`.

use super::devig::parse_price;
use super::{answer_lines, print};
use crate::args::StakeArgs;
use crate::failure::Failure;
use comfy_table::{CellAlignment, Table, presets};
use overround_math::commission::{Base, Commission};
use overround_math::stakes::{Budget, Split, SplitRequest, Status, split_into};
use serde::{Deserialize, Serialize};

/// What is spent where nothing is said.
const DEFAULT_TOTAL: f64 = 100.0;

/// One problem.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Problem {
    prices: Vec<PriceText>,
    total: Option<f64>,
    round: Option<f64>,
    #[serde(default)]
    limits: Option<Vec<Option<f64>>>,
    #[serde(default)]
    commission: Option<Vec<Option<f64>>>,
    /// Wins over `total`.
    fix: Option<Fix>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum PriceText {
    Decimal(f64),
    Text(String),
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fix {
    leg: usize,
    stake: f64,
}

/// A solution as a line.
#[derive(Debug, Serialize)]
struct Solution {
    stakes: Vec<f64>,
    total: f64,
    payouts: Vec<f64>,
    profit_min: f64,
    profit_max: f64,
    #[serde(skip)]
    split: Split,
}

pub(super) fn run(args: &StakeArgs) -> Result<(), Failure> {
    if args.jsonl {
        return answer_lines(answer);
    }
    let problem = problem(args)?;
    let solution = solve(&problem).map_err(Failure::Usage)?;
    print(&table(args, &solution))
}

fn problem(args: &StakeArgs) -> Result<Problem, Failure> {
    Ok(Problem {
        prices: args.prices.iter().map(|text| PriceText::Text(text.clone())).collect(),
        total: args.total,
        round: args.round,
        limits: args.limit.as_deref().map(|list| numbers("--limit", list)).transpose()?,
        commission: args.commission.as_deref().map(|list| numbers("--commission", list)).transpose()?,
        fix: args.fix.as_deref().map(parse_fix).transpose()?,
    })
}

fn numbers(option: &str, list: &str) -> Result<Vec<Option<f64>>, Failure> {
    let number = |text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Failure::Usage(format!("{option}: `{text}` is not a number"))),
    };
    list.split(',').map(number).collect()
}

fn parse_fix(text: &str) -> Result<Fix, Failure> {
    let parsed = text
        .split_once(':')
        .and_then(|(leg, stake)| Some(Fix { leg: leg.trim().parse().ok()?, stake: stake.trim().parse().ok()? }));
    parsed.ok_or_else(|| Failure::Usage(format!("--fix {text}: write INDEX:STAKE, legs counting from 0, such as 0:50")))
}

fn solve(problem: &Problem) -> Result<Solution, String> {
    let count = problem.prices.len();
    let of_leg = |list: &Option<Vec<Option<f64>>>, name: &str| match list {
        None => Ok(vec![None; count]),
        Some(list) if list.len() == count => Ok(list.clone()),
        Some(list) => Err(format!("{count} prices, but {} {name}", list.len())),
    };
    let limits = of_leg(&problem.limits, "limits")?;
    let commission = of_leg(&problem.commission, "commissions")?;
    let mut net_prices = Vec::with_capacity(count);
    for (leg, (price, rate)) in problem.prices.iter().zip(commission).enumerate() {
        let shown = match price {
            PriceText::Decimal(price) => *price,
            PriceText::Text(text) => parse_price(text).map_err(|failure| format!("leg {leg}: {failure}"))?,
        };
        net_prices.push(match rate {
            None => shown,
            Some(rate) => {
                let commission =
                    Commission::new(Base::Winnings, rate).map_err(|error| format!("leg {leg}: {error}"))?;
                commission
                    .back(shown)
                    .ok_or_else(|| format!("leg {leg}: nothing is left of {shown} after commission"))?
            }
        });
    }
    let budget = match problem.fix {
        Some(Fix { leg, stake }) => Budget::Fixed { leg, stake },
        None => Budget::Total(problem.total.unwrap_or(DEFAULT_TOTAL)),
    };
    let (mut stakes, mut payouts) = (vec![0.0; count], vec![0.0; count]);
    let request = SplitRequest { net_prices: &net_prices, budget, step: problem.round, limits: &limits };
    let split = split_into(&request, &mut stakes, &mut payouts).map_err(|error| error.to_string())?;
    let Split { total, profit_min, profit_max, .. } = split;
    Ok(Solution { stakes, total, payouts, profit_min, profit_max, split })
}

fn table(args: &StakeArgs, solution: &Solution) -> String {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(["leg", "price", "stake", "pays", "profit"]);
    for (leg, ((text, stake), payout)) in args.prices.iter().zip(&solution.stakes).zip(&solution.payouts).enumerate() {
        table.add_row([
            leg.to_string(),
            text.clone(),
            format!("{stake:.2}"),
            format!("{payout:.2}"),
            format!("{:+.2}", payout - solution.total),
        ]);
    }
    table.column_iter_mut().for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    format!(
        "{table}\ntotal {:.2}, profit {:+.2} to {:+.2} ({:+.3} % of the total at worst): {}\n",
        solution.total,
        solution.profit_min,
        solution.profit_max,
        100.0 * solution.profit_min / solution.total,
        meaning(solution.split.status)
    )
}

fn meaning(status: Status) -> &'static str {
    match status {
        Status::Profit => "a profit whatever happens",
        Status::NoEdge => "no arbitrage at these prices",
        Status::LimitsKillEdge => "the limits leave nothing of the edge",
        Status::RoundingKillsEdge => "the rounding leaves nothing of the edge",
    }
}

/// The answer to one line.
fn answer(line: &str) -> String {
    let solved = serde_json::from_str::<Problem>(line).map_err(|error| format!("not a problem: {error}"));
    let text = match solved.and_then(|problem| solve(&problem)) {
        Ok(solution) => serde_json::to_string(&solution),
        Err(error) => serde_json::to_string(&serde_json::json!({ "error": error })),
    };
    text.unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"))
}
