//! The engine against itself: what must not change its answers does not. And against bets settled by hand.
//!
//! `laws`: fed otherwise. `edges`: the ends of its ranges. `profiles`: each an engine of its own. `memo`: the memory of solved prices.
//! `snapshots`: saved and restored at every instant. `shards`: the fixtures shared out. `explain`: asked for reasons, which must agree with what is told; `reasons`: examples of them. `prices`: bets
//! settled by hand, prices moved. `requests`: what is asked on top of what is told. `bets`: single bets asked about. `quiet`: prices
//! that lead to nothing. `grading`: how what was told turned out; `known_world`: the same where the truth is known. `figures`: mirrored, and as published; both on the worlds of `board`.

mod bets;
mod board;
mod edges;
mod explain;
mod figures;
mod grading;
mod known_world;
mod laws;
mod memo;
mod prices;
mod profiles;
mod quiet;
mod reasons;
mod requests;
mod shards;
mod snapshots;
