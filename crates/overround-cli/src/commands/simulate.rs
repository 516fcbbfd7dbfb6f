//! `overround simulate`.

use super::create;
use crate::args::SimulateArgs;
use crate::failure::Failure;
use crate::interrupt;
use crate::simulate::{Settings, Simulator};
use std::io::Write;

/// Lines are written in pieces of about this many bytes.
const PIECE_BYTES: usize = 1 << 16;

pub(super) fn run(args: &SimulateArgs) -> Result<(), Failure> {
    let fail = |error: std::io::Error| Failure::file("write", &args.output, &error);
    let SimulateArgs { seed, fixtures, minutes, bookmakers, .. } = *args;
    let mut simulator = Simulator::new(Settings { seed, fixtures, minutes, bookmakers });
    let mut output = create(&args.output)?;
    let mut lines = Vec::new();
    while simulator.next_line(&mut lines) {
        if interrupt::check().is_err() {
            break;
        }
        if lines.len() >= PIECE_BYTES {
            output.write_all(&lines).map_err(fail)?;
            lines.clear();
        }
    }
    output.write_all(&lines).map_err(fail)?;
    output.finish().map_err(fail)?;
    interrupt::check()
}
