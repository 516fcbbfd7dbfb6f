//! The command line of overround.
fn main() {}
