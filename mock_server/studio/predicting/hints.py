"""What is known of a class or a label before anything is learned: its name, its example, its description, related words.

The related words are ours, few, and about what people commonly write reviews and requests of, in English and German.
"""

from collections.abc import Iterable

from mock_server.studio.predicting.sentiment import value
from mock_server.studio.predicting.words import stem, stems

NAME, RELATED, DESCRIBED = 3.5, 2.5, 1.2
_RELATED = (
    "breakfast food meal buffet coffee tea egg eggs rolls bread cheese fruit frühstück semmeln kaffee essen speisen",
    "food dinner lunch breakfast restaurant kitchen soup dish menu taste delicious abendessen essen frühstück küche portionen",
    "noise noisy loud quiet silent hear heard sleepless walls lärm laut lauter ruhe ruhig geräusch hört hellhörig",
    "staff receptionist reception waiter waitress porter concierge personal mitarbeiter service kellner rezeption empfang",
    "cleanliness clean dirty dust dusty mould hair stain smell sauber schmutzig dreckig schimmel staub hygiene geputzt",
    "comfort comfortable bed mattress pillow sofa heating bequem bett matratze kissen gemütlich komfort",
    "location station lake near walk distance centre center view lage bahnhof see nähe zentrum fuß stadt",
    "price cost costs expensive cheap cheaper value money charge euro euros preis kosten kostet teuer günstig geld",
    "delivery parcel package shipping courier arrived lieferung paket versand geliefert zustellung",
    "quality material seam zip broke lasts sturdy qualität naht reißverschluss hält kaputt verarbeitung",
    "size fit fits small large tight chart größe passt sitzt eng weit nummer",
    "service support advice refund exchange repair kundendienst beratung umtausch reklamation erstattung",
    "housekeeping towel towels pillow pillows cleaning handtuch handtücher bettwäsche toilettenpapier",
    "maintenance broken repair heating tap lamp light leak lift kaputt defekt heizung licht reparatur",
    "booking book booked reserve reservation table stay night checkout buchung gebucht reservierung",
    "billing bill invoice receipt charged refund payment rechnung beleg quittung bezahlen zahlung",
    "transport taxi bus train transfer shuttle bike airport bahnhof zug flughafen fahrrad",
    "question ? frage fragen ask",
)
_GROUPS = tuple(frozenset(stem(word) for word in line.split()) for line in _RELATED)
_HEADS = tuple(stem(line.split()[0]) for line in _RELATED)

_PRAISE = frozenset({"pos", "positive", "positiv", "praise", "lob", "good", "gut"})
_BLAME = frozenset({"neg", "negative", "negativ", "complaint", "kritik", "bad", "schlecht", "beschwerde"})
_BETWEEN = frozenset({"neu", "neutral", "mixed", "gemischt", "ok", "okay", "neither", "both"})
_POLES = {1: {"<+>": 2.0, "<++>": 0.7}, -1: {"<->": 2.0, "<-->": 0.7}, 0: {"<0>": 1.0}}


def of_topic(name: str, described: Iterable[str | None] = ()) -> dict[str, float]:
    """Return the weight of each stem that speaks for a class or label, from its name and the texts that describe it."""
    weights = {word: DESCRIBED for text in described if text for word in stems(text)}
    own = stems(name)
    for head, group in zip(_HEADS, _GROUPS, strict=True):
        if head in own:
            weights.update(dict.fromkeys(group, RELATED))
    return {**weights, **dict.fromkeys(own, NAME)}


def pole(label: str) -> int | None:
    """Return 1 for a label of praise, -1 for one of blame, 0 for one between, None for a label that is about something else."""
    name = label.strip().lower()
    for names, found in ((_PRAISE, 1), (_BLAME, -1), (_BETWEEN, 0)):
        if name in names:
            return found
    worth = value(name)
    return None if abs(worth) < 1 else 1 if worth > 0 else -1


def of_label(name: str) -> dict[str, float]:
    """Return what speaks for a label: the mark of a polarity if its name is one, else as for a class."""
    found = pole(name)
    return of_topic(name) if found is None else dict(_POLES[found])
