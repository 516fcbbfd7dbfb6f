//! The command line of overround, as a library for its tests and benches.
//!
//! [`run`] does what [`Arguments`] say; [`simulate`] makes up an evening of odds.

mod args;
mod commands;
mod failure;
pub mod simulate;

pub use args::Arguments;
pub use commands::{printable, run};
pub use failure::Failure;
