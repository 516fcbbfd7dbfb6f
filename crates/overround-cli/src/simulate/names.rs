//! Made-up contestants with lifelike names.

use super::draw::Draw;
use super::sports::Sport;

const TOWNS: &[&str] = &[
    "Ashford",
    "Barrow",
    "Carlow",
    "Denby",
    "Elmswell",
    "Fareham",
    "Grantham",
    "Halden",
    "Ilkley",
    "Kelso",
    "Langport",
    "Marlow",
    "Newlyn",
    "Oakham",
    "Penrith",
    "Radley",
    "Selby",
    "Thirsk",
    "Ulverston",
    "Wexford",
    "Yarrow",
    "Zennor",
    "Bexhill",
    "Corby",
    "Dorking",
    "Evesham",
    "Frome",
    "Hexham",
    "Kendal",
    "Ludlow",
    "Malvern",
    "Romsey",
];
const CITIES: &[&str] = &[
    "Albany",
    "Boise",
    "Camden",
    "Dayton",
    "El Paso",
    "Fresno",
    "Gary",
    "Hartford",
    "Jackson",
    "Knoxville",
    "Lincoln",
    "Mobile",
    "Norfolk",
    "Omaha",
    "Provo",
    "Quincy",
    "Reno",
    "Salem",
    "Tulsa",
    "Utica",
    "Waco",
    "Yuma",
    "Tacoma",
    "Macon",
    "Laredo",
    "Akron",
    "Butte",
    "Duluth",
    "Eugene",
    "Flint",
    "Topeka",
    "Wichita",
];
const CLUBS: &[&str] = &["Town", "United", "Rovers", "Albion", "Wanderers", "City", "Athletic", "Rangers"];
const TEAMS: &[&str] = &[
    "Herons",
    "Anvils",
    "Comets",
    "Drifters",
    "Foxes",
    "Gales",
    "Harriers",
    "Kestrels",
    "Lancers",
    "Miners",
    "Otters",
    "Pilots",
    "Quarrymen",
    "Rapids",
    "Sentinels",
    "Terriers",
];
const PLAYERS: &[&str] = &[
    "Adair", "Bellamy", "Corrigan", "Dacosta", "Egan", "Farrow", "Galvez", "Hadley", "Ivers", "Jansky", "Kowal",
    "Larkin", "Moreau", "Novak", "Okafor", "Petrov", "Quist", "Rosales", "Sato", "Tamm", "Urban", "Varga", "Weller",
    "Ximenes", "Yates", "Zorn",
];
const INITIALS: &[&str] =
    &["A.", "B.", "C.", "D.", "E.", "F.", "J.", "K.", "L.", "M.", "N.", "P.", "R.", "S.", "T.", "V."];

/// The two sides of a contest; they differ.
pub(super) fn sides(sport: &Sport, draw: &mut Draw) -> (String, String) {
    let home = side(sport, draw);
    loop {
        let away = side(sport, draw);
        if away != home {
            return (home, away);
        }
    }
}

/// A player's name.
pub(super) fn player(draw: &mut Draw) -> String {
    join(INITIALS, PLAYERS, draw)
}

fn side(sport: &Sport, draw: &mut Draw) -> String {
    match sport.name {
        "tennis" => player(draw),
        "soccer" => join(TOWNS, CLUBS, draw),
        _ => join(CITIES, TEAMS, draw),
    }
}

fn join(first: &[&str], second: &[&str], draw: &mut Draw) -> String {
    let mut word = |list: &[&str]| draw.pick(list).copied().unwrap_or_default().to_owned();
    let first = word(first);
    format!("{first} {}", word(second))
}
