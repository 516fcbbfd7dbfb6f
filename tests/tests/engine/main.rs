//! The engine against itself: what must not change its answers does not.
//!
//! `laws`: fed otherwise. `edges`: the ends of its ranges. `profiles`: each an engine of its own. `memo`: the memory of solved prices. `snapshots`: saved and restored at every
//! instant. `shards`: the fixtures shared out. `explain`: asked for reasons, which must agree with what is told.

mod edges;
mod explain;
mod laws;
mod memo;
mod profiles;
mod requests;
mod shards;
mod snapshots;
