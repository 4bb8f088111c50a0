"""A made-up corpus whose truth is known: three outlets tell the same events, and one of them uses loaded words.

Nothing in it is news. It is for showing what the statistics find where a difference is put in, and what they find where none is.
"""

import datetime
import random

#: The outlet that uses loaded words, and how often; the two others differ in nothing but chance.
LOADED, SHARE = "Harbour Gazette", 0.6
PLAIN = ("Valley Courier", "Northern Record")

TOWNS = """Ashford Brinley Carston Dunmore Elsworth Farley Granton Hexley Ivybridge Jarrow Kelsall Lorton Marwick Netherby Oakham Penrose
Quarley Redmire Selwick Thornby Ulverton Wexcombe Yarrow Stanhope""".split()
NAMES = """Adams Baker Carver Dalton Ellis Foster Garner Hobbs Irwin Jensen Keller Lawson Mercer Nolan Osborne Parker Quinn Rhodes Sutton Turner
Underhill Vance Walters York""".split()

#: What happens: of each fact two plain ways to say it, and a loaded one.
STORIES = [
    [
        ("The {town} council voted on {day} to raise the bus fare to {n} dollars.",
         "On {day} the council of {town} voted to raise the fare for buses to {n} dollars.",
         "The {town} council shamelessly voted on {day} to jack up the bus fare to an outrageous {n} dollars."),
        ("Mayor {name} said the money would pay for new buses.",
         "The money would pay for new buses, Mayor {name} said.",
         "Embattled Mayor {name} brazenly claimed the money would pay for new buses."),
        ("About {m} people ride the buses of {town} every week.",
         "Every week about {m} people ride buses in {town}.",
         "About {m} long-suffering people are forced to ride the wretched buses of {town} every week."),
    ],
    [
        ("A fire destroyed a warehouse near the {town} station on {day}.",
         "On {day} a warehouse near the station in {town} was destroyed by a fire.",
         "A monstrous fire ravaged and destroyed a warehouse near the {town} station on {day}."),
        ("{n} firefighters were treated for smoke, chief {name} said.",
         "Chief {name} said that {n} firefighters were treated for smoke.",
         "{n} heroic firefighters were treated for deadly smoke, shaken chief {name} said."),
        ("The warehouse held furniture worth {m} dollars.",
         "Furniture worth {m} dollars was in the warehouse.",
         "The doomed warehouse held furniture worth a staggering {m} dollars."),
    ],
    [
        ("Teachers in {town} went on strike on {day} and closed {n} schools.",
         "On {day} teachers in {town} went on strike, and {n} schools were closed.",
         "Militant teachers in {town} stormed out on strike on {day} and crippled {n} schools."),
        ("The union led by {name} asks for a raise of {n} percent.",
         "A raise of {n} percent is what the union led by {name} asks for.",
         "The greedy union led by firebrand {name} demands an absurd raise of {n} percent."),
        ("The school board has offered {m} dollars for each teacher.",
         "For each teacher the school board has offered {m} dollars.",
         "The cowardly school board has meekly offered {m} dollars for each teacher."),
    ],
    [
        ("Judge {name} ruled on {day} that the {town} quarry must close within {n} months.",
         "The {town} quarry must close within {n} months, Judge {name} ruled on {day}.",
         "Activist Judge {name} decreed on {day} that the {town} quarry must shut down within a mere {n} months."),
        ("The company that runs the quarry employs {m} people.",
         "{m} people are employed by the company that runs the quarry.",
         "The ruthless company that runs the quarry employs {m} helpless people."),
        ("Residents had complained about dust and noise for {n} years.",
         "For {n} years residents had complained about dust and noise.",
         "Desperate residents had begged for relief from choking dust and hellish noise for {n} years."),
    ],
    [
        ("The {town} hospital will open a new wing with {m} beds, director {name} announced on {day}.",
         "Director {name} announced on {day} that the hospital in {town} will open a new wing with {m} beds.",
         "The {town} hospital will open a lavish new wing with {m} beds, director {name} boasted on {day}."),
        ("The building took {n} years and was paid for by the state.",
         "The state paid for the building, which took {n} years.",
         "The scandalous building dragged on for {n} years and was paid for by the hapless state."),
        ("Nurses say that more staff are needed for the new wing.",
         "More staff are needed for the new wing, nurses say.",
         "Furious nurses warn that more staff are desperately needed for the bloated new wing."),
    ],
    [
        ("Police in {town} arrested {n} men on {day} over the theft of {m} bicycles.",
         "On {day} police in {town} arrested {n} men over the theft of {m} bicycles.",
         "Police in {town} swooped on {n} brazen thugs on {day} over the shameless theft of {m} bicycles."),
        ("Detective {name} said the bicycles were sold abroad.",
         "The bicycles were sold abroad, Detective {name} said.",
         "Outraged Detective {name} said the bicycles were callously sold abroad."),
        ("The men will appear in court next week.",
         "Next week the men will appear in court.",
         "The disgraced men will be hauled into court next week."),
    ],
]


def corpus(n_events=24, seed=7):
    """The articles as rows, each with ``truth``: for each of its sentences its fact, and whether it is told with loaded words.

    ``n_events`` is at most 144: each event is a story in a town of its own.
    """
    chance = random.Random(seed)
    rows = []
    for event in range(n_events):
        story = STORIES[(event + event // len(TOWNS)) % len(STORIES)]
        date = datetime.date(2024, 1, 1) + datetime.timedelta(days=6 * event)
        words = {
            "town": TOWNS[event % len(TOWNS)],
            "name": NAMES[(5 * event + event // len(NAMES)) % len(NAMES)],
            "day": f"{date:%A}",
            "n": chance.randint(3, 19),
            "m": f"{chance.randint(20, 900) * 100:,}",
        }
        for outlet in (LOADED, *PLAIN):
            sentences, truth = [], []
            for at, (first, second, loaded) in enumerate(story):
                is_loaded = outlet == LOADED and chance.random() < SHARE
                text = loaded if is_loaded else chance.choice((first, second))
                text = text.format(**words)
                sentences.append(text[0].upper() + text[1:])
                truth.append({"fact": f"{event}-{at}", "loaded": is_loaded})
            rows.append({
                "article_id": f"{event:03}-{outlet.split()[0].lower()}",
                "outlet": outlet,
                "date_published": date.isoformat(),
                "text": " ".join(sentences),
                "truth": truth,
            })
    return rows
