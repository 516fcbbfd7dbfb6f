//! The command `overround`.

use clap::Parser;
use overround_cli::{Arguments, printable, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if failure.status() != 0 {
                eprintln!("overround: {}", printable(&failure.to_string()));
            }
            ExitCode::from(failure.status())
        }
    }
}
