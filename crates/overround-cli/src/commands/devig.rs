//! `overround devig`.

use super::{answer_lines, print};
use crate::args::DevigArgs;
use crate::failure::Failure;
use comfy_table::{CellAlignment, Table, presets};
use overround_math::devig::{Method, Solution, devig};
use overround_math::odds::Odds;
use serde::Serialize;
use serde_json::Value;

/// An answer as a line.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Fair { method: &'a str, fair: &'a [f64], param: Option<f64>, booksum: f64 },
    Error { method: Option<&'a str>, error: String },
}

pub(super) fn run(args: &DevigArgs) -> Result<(), Failure> {
    let method: Method =
        args.method.parse().map_err(|error| Failure::Usage(format!("--method {}: {error}", args.method)))?;
    if args.jsonl {
        return answer_lines(|line| answer(line, &args.method));
    }
    let odds = args.prices.iter().map(|text| parse_price(text)).collect::<Result<Vec<f64>, Failure>>()?;
    let mut fair = vec![0.0; odds.len()];
    let solution = devig(method, &odds, &mut fair).map_err(|error| Failure::Usage(error.to_string()))?;
    print(&table(args, &odds, &fair, &solution))
}

/// A price as written on the command line.
pub(super) fn parse_price(text: &str) -> Result<f64, Failure> {
    let price: Result<Odds, _> = text.parse();
    price.map(Odds::decimal).map_err(|error| {
        Failure::Usage(format!("{text}: {error}; write decimal (1.91), American (+150, -110) or probability (52%)"))
    })
}

fn table(args: &DevigArgs, odds: &[f64], fair: &[f64], solution: &Solution) -> String {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(["price", "decimal", "implied", "fair", "fair price"]);
    for ((text, &price), &p) in args.prices.iter().zip(odds).zip(fair) {
        table.add_row([
            text.clone(),
            format!("{price:.4}"),
            format!("{:.4} %", 100.0 / price),
            format!("{:.4} %", 100.0 * p),
            format!("{:.4}", 1.0 / p),
        ]);
    }
    table.column_iter_mut().for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    let param = solution.param.map_or(String::new(), |param| format!(", parameter {param}"));
    format!("{table}\n{}: booksum {}{param}\n", args.method, solution.booksum)
}

/// The answer to one line.
fn answer(line: &str, default: &str) -> String {
    let (method, answered) = match serde_json::from_str::<Value>(line) {
        Err(error) => (None, Err(format!("not JSON: {error}"))),
        Ok(value) => {
            let method = value.get("method").map_or(Some(default), Value::as_str).map(str::to_owned);
            let answered = solve(method.as_deref(), value.get("odds"));
            (method, answered)
        }
    };
    let method = method.as_deref();
    let answer = match &answered {
        Ok((fair, solution)) => {
            Answer::Fair { method: method.unwrap_or(default), fair, param: solution.param, booksum: solution.booksum }
        }
        Err(error) => Answer::Error { method, error: error.clone() },
    };
    serde_json::to_string(&answer).unwrap_or_else(|error| format!("{{\"method\":null,\"error\":\"{error}\"}}"))
}

fn solve(method: Option<&str>, odds: Option<&Value>) -> Result<(Vec<f64>, Solution), String> {
    let method = method.ok_or("`method` must be a text")?;
    let method: Method = method.parse().map_err(|error| format!("`{method}`: {error}"))?;
    let odds = odds.and_then(Value::as_array).ok_or("`odds` must be a list of numbers or texts")?;
    let odds = odds.iter().map(number).collect::<Result<Vec<f64>, String>>()?;
    let mut fair = vec![0.0; odds.len()];
    let solution = devig(method, &odds, &mut fair).map_err(|error| error.to_string())?;
    Ok((fair, solution))
}

/// A number, or a text that is one; `"nan"` and `"inf"` are.
fn number(value: &Value) -> Result<f64, String> {
    match value {
        Value::Number(number) => number.as_f64().ok_or_else(|| format!("{number} is out of range")),
        Value::String(text) if text.trim().starts_with('+') => Err(format!("\"{text}\": write decimal odds here")),
        Value::String(text) => text.trim().parse().map_err(|_| format!("\"{text}\" is not a number")),
        other => Err(format!("{other} is not a number")),
    }
}
