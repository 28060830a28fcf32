"""Sentences that generated worlds are made of: what guests and customers write, by topic, in English and German.

A topic is a class with a label. Words in braces are filled in: from `WORDS`, or with a name, a town or a number.
"""

from functools import cache

Topic = tuple[str | None, str | None]
Sentences = dict[str, dict[Topic, tuple[str, ...]]]  # by language

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "bed": ("The bed", "The mattress", "The armchair", "The sofa", "The duvet"),
        "good": ("excellent", "very good", "better than at home", "a delight", "just right", "faultless"),
        "bad": ("a disappointment", "far from good", "worse than last year", "poor", "not what we had hoped for"),
        "person": (
            "The receptionist",
            "The waiter",
            "The night porter",
            "The housekeeper",
            "The young man at the bar",
            "{name}",
        ),
        "dish": ("The bread", "The coffee", "The muesli", "The cheese", "The fruit", "The scrambled egg"),
        "noise": ("the lift", "the kitchen", "the road", "the bar below", "the air conditioning", "our neighbours"),
        "place": ("the station", "the old town", "the lake", "the trade fair", "the bus stop", "the museum"),
        "spot": ("the bathroom", "the carpet", "the window", "the balcony", "the corridor", "the fridge"),
        "product": ("jacket", "rucksack", "tent", "headlamp", "sleeping bag", "pair of gloves", "stove", "fleece"),
        "part": ("zip", "seam", "buckle", "sole", "strap", "lining"),
        "season": ("this winter", "last summer", "in {month}", "over the holidays", "on a wet weekend"),
        "month": ("January", "February", "March", "May", "July", "September", "October"),
        "thing": ("towels", "pillows", "bottles of water", "blankets", "coat hangers"),
        "device": ("heating", "television", "safe", "shower", "lamp on the left", "wireless network", "kettle"),
    },
    "de": {
        "bed": ("Das Bett", "Die Matratze", "Der Sessel", "Das Sofa", "Die Bettdecke"),
        "good": ("ausgezeichnet", "sehr gut", "besser als zu Hause", "eine Freude", "genau richtig", "tadellos"),
        "bad": ("enttäuschend", "leider schlecht", "schlechter als im Vorjahr", "dürftig", "nicht wie erhofft"),
        "person": (
            "Die Dame am Empfang",
            "Der Kellner",
            "Der Nachtportier",
            "Die Hausdame",
            "Der junge Mann an der Bar",
            "{name}",
        ),
        "dish": ("Das Brot", "Der Kaffee", "Das Müsli", "Der Käse", "Das Obst", "Das Rührei"),
        "noise": (
            "den Aufzug",
            "die Küche",
            "die Straße",
            "die Bar im Erdgeschoss",
            "die Klimaanlage",
            "unsere Nachbarn",
        ),
        "place": ("zum Bahnhof", "in die Altstadt", "zum See", "zur Messe", "zur Haltestelle", "ins Museum"),
        "spot": ("Das Bad", "Der Teppich", "Das Fenster", "Der Balkon", "Der Flur", "Der Kühlschrank"),
        "product": ("Jacke", "Stirnlampe", "Hose", "Isomatte", "Trinkflasche", "Mütze"),
        "part": ("Der Reißverschluss", "Die Naht", "Die Schnalle", "Die Sohle", "Der Riemen", "Das Futter"),
        "season": (
            "diesen Winter",
            "im letzten Sommer",
            "im {month}",
            "über die Feiertage",
            "an einem nassen Wochenende",
        ),
        "month": ("Januar", "Februar", "März", "Mai", "Juli", "September", "Oktober"),
        "thing": ("Handtücher", "Kopfkissen", "Flaschen Wasser", "Decken", "Kleiderbügel"),
        "device": ("Die Heizung", "Der Fernseher", "Der Safe", "Die Dusche", "Die linke Lampe", "Das WLAN"),
    },
}

HOTEL = """
- -
en We stayed {few} nights {season}.
en Room {room}, booked from {town}.
en This was stay number {few} in this house.
de Wir waren {few} Nächte hier, {season}.
de Zimmer {room}, gebucht aus {town}.
de Angereist sind wir aus {town}.
Comfort POS
en {bed} was {good}.
en I have rarely slept as well as in room {room}.
en Plenty of space, even with {few} suitcases.
de {bed} war {good}.
de Selten so gut geschlafen wie in Zimmer {room}.
de Platz genug, auch mit {few} Koffern.
Comfort NEU
en {bed} was neither good nor bad.
en The room looked like most rooms.
de {bed} war weder gut noch schlecht.
de Ein Zimmer wie die meisten.
Comfort NEG
en {bed} was {bad}.
en After {few} nights my back hurt.
en There was hardly room to open a suitcase.
de {bed} war {bad}.
de Nach {few} Nächten tat mir der Rücken weh.
de Man konnte kaum einen Koffer öffnen.
Staff POS
en {person} helped us within {few} minutes.
en {person} remembered our names from last year.
en Special thanks to {name}, who found our lost keys.
de {person} hat uns binnen {few} Minuten geholfen.
de {person} kannte uns noch vom letzten Jahr.
de Danke an {name} für die Hilfe mit dem Gepäck!
Staff NEU
en {person} was polite and no more than that.
en We had little to do with the staff.
de {person} war höflich, mehr nicht.
de Mit dem Personal hatten wir wenig zu tun.
Staff NEG
en {person} did not look up once.
en We asked {few} times and got {few} different answers.
en Nobody at the desk had heard of our booking.
de {person} hat nicht einmal aufgeschaut.
de Auf {few} Fragen bekamen wir {few} verschiedene Antworten.
de An der Rezeption wusste niemand von unserer Buchung.
Breakfast POS
en {dish} at breakfast was {good}.
en Breakfast until half past ten, what a luxury.
en The children counted {many} kinds of jam.
de {dish} beim Frühstück war {good}.
de Frühstück bis halb elf, was für ein Luxus.
de Die Kinder haben {many} Sorten Marmelade gezählt.
Breakfast NEU
en Breakfast was what one gets in most hotels.
en {dish} was all right.
de Das Frühstück war so wie in den meisten Hotels.
de {dish} war in Ordnung.
Breakfast NEG
en {dish} at breakfast was {bad}.
en By nine o'clock the buffet was empty.
en We waited {many} minutes for a table.
de {dish} beim Frühstück war {bad}.
de Um neun Uhr war das Buffet leer.
de Auf einen Tisch haben wir {many} Minuten gewartet.
Noise POS
en So quiet that we heard the snow fall.
en Even with {noise} close by we heard nothing.
de So ruhig, dass man den Schnee fallen hört.
de Nachts war es völlig still.
Noise NEU
en One hears {noise}, but one gets used to it.
de Man hört {noise}, gewöhnt sich aber daran.
Noise NEG
en From {few} in the morning we heard {noise}.
en Earplugs were of no help against {noise}.
en The walls in room {room} are made of paper.
de Ab {few} Uhr früh hörten wir {noise}.
de Gegen solchen Lärm helfen auch keine Ohrstöpsel.
de Die Wände in Zimmer {room} sind aus Papier.
Location POS
en It is {few} minutes on foot to {place}.
en From the window one sees the mountains behind {town}.
de Zu Fuß sind es {few} Minuten {place}.
de Vom Fenster sieht man bis nach {town}.
Location NEU
en {many} minutes by bus to {place}.
de Mit dem Bus {many} Minuten {place}.
Location NEG
en Without a car one does not get to {place}.
en We lost our way {few} times, as there is no sign.
de Ohne Auto kommt man nicht {place}.
de Wir haben uns {few} Mal verlaufen, Schilder gibt es nicht.
Cleanliness POS
en Not a speck of dust anywhere.
en Room {room} smelled of fresh linen.
de Nirgends auch nur ein Staubkorn.
de Zimmer {room} roch nach frischer Wäsche.
Cleanliness NEU
en Clean enough, if one does not look too closely.
de Sauber genug, wenn man nicht zu genau hinsieht.
Cleanliness NEG
en We found hair in {spot}.
en Nobody had cleaned {spot} for {few} days.
de {spot} war schmutzig.
de {spot} wurde {few} Tage lang nicht geputzt.
Price POS
en For {price} euros a night one cannot complain.
en Worth every cent.
de Für {price} Euro die Nacht kann man nicht klagen.
de Jeden Cent wert.
Price NEU
en The price is what one pays in {town}, too.
de Der Preis ist so wie anderswo auch.
Price NEG
en Parking cost another {many} euros.
en {price} euros for this, never again.
de Das Parken kostete noch einmal {many} Euro.
de {price} Euro dafür, nie wieder.
"""

SHOP = """
- -
en I bought the {product} {season}.
en Order placed from {town}.
de Gekauft {season}.
de Bestellt nach {town}.
Delivery PRAISE
en It was on my doorstep after {few} days.
en The driver waited until I was down from floor {few}.
de Nach {few} Tagen war alles da.
de Der Fahrer hat extra angerufen.
Delivery COMPLAINT
en The parcel took {many} days.
en The box arrived open and {few} things were missing.
de Das Paket war {many} Tage unterwegs.
de Der Karton kam offen an, {few} Teile fehlten.
Delivery QUESTION
en Do you deliver to {town}?
en When will my order of {month} arrive?
de Liefern Sie auch nach {town}?
de Wann kommt meine Bestellung aus dem {month}?
Quality PRAISE
en The {product} is {good}.
en After {many} days outside it looks like new.
de Die {product} ist {good}.
de Nach {many} Tagen draußen wie neu.
Quality COMPLAINT
en The {part} of the {product} broke on day {few}.
en The {product} is {bad}.
de {part} ging am {few}. Tag kaputt.
de Die {product} ist {bad}.
Quality QUESTION
en Is the {product} waterproof at the {part}?
de Ist die {product} wasserdicht?
Size and fit PRAISE
en The {product} fits as if made for me.
de Die {product} passt wie angegossen.
Size and fit COMPLAINT
en The {product} is {few} centimetres too short.
en The size chart for the {product} is wrong.
de Die {product} ist {few} Zentimeter zu kurz.
de Die Größentabelle stimmt nicht.
Size and fit QUESTION
en I am {tall} centimetres tall, which size should I take?
de Ich bin {tall} Zentimeter groß, welche Größe brauche ich?
Service PRAISE
en {name} on the phone knew everything about it.
en My e-mail was answered in {few} minutes.
de {name} am Telefon wusste alles darüber.
de Auf meine E-Mail kam nach {few} Minuten eine Antwort.
Service COMPLAINT
en I have written {few} times without an answer.
en The chat closed while I was typing, {few} times.
de Ich habe {few} Mal geschrieben und nie Antwort bekommen.
de Am Telefon wurde ich {few} Mal weiterverbunden.
Service QUESTION
en Do you repair a {part}, too?
en Whom do I ask about a return?
de Reparieren Sie auch Rucksäcke?
de An wen wende ich mich für eine Rückgabe?
Price PRAISE
en I have seen it nowhere for less than {price} euros.
de Nirgends für weniger als {price} Euro gesehen.
Price COMPLAINT
en A day later it was {many} euros cheaper.
de Einen Tag später kostete es {many} Euro weniger.
Price QUESTION
en Is there a discount if I take {few}?
de Gibt es Rabatt, wenn ich {few} nehme?
"""

REQUESTS = """
- -
en This is {name} from room {room}.
en Good morning from room {room}.
de Hier ist {name} aus Zimmer {room}.
de Guten Abend aus Zimmer {room}.
Housekeeping -
en Could we have {few} more {thing}, please?
en Please do not clean before {few} in the afternoon.
en We are out of {thing}.
de Könnten wir noch {few} {thing} haben?
de Bitte erst nach {few} Uhr nachmittags aufräumen.
de Es fehlen {thing}.
Maintenance -
en The {device} in room {room} does not work.
en Something has been dripping since {few} in the morning.
de {device} in Zimmer {room} funktioniert nicht.
de Seit {few} Uhr früh tropft etwas im Bad.
Booking -
en We would like to stay {few} nights longer.
en Can we move to a room on floor {few}?
en Please book a table for {few} under {name}.
de Wir möchten {few} Nächte länger bleiben.
de Gibt es ein Zimmer im {few}. Stock?
de Bitte einen Tisch für {few} auf {name}.
Billing -
en I was charged {price} euros too much.
en Please send the invoice to our office in {town}.
de Man hat mir {price} Euro zu viel berechnet.
de Bitte die Rechnung an unser Büro in {town} schicken.
Transport -
en We need a taxi for {few} at half past {few}.
en How do we get to {town} without a car?
de Wir brauchen ein Taxi für {few} Personen.
de Wie kommen wir ohne Auto nach {town}?
"""

# How the labels of hotel reviews are called where there are no classes.
MOODS = {"POS": "HAPPY", "NEU": "MIXED", "NEG": "UNHAPPY"}


@cache
def sentences(domain: str) -> Sentences:
    """Return the templates of a domain: `hotel`, `shop` or `requests`."""
    return _parsed({"hotel": HOTEL, "shop": SHOP, "requests": REQUESTS}[domain])


def _parsed(text: str) -> Sentences:
    found: dict[str, dict[Topic, tuple[str, ...]]] = {"en": {}, "de": {}}
    topic: Topic = (None, None)
    for line in text.strip().splitlines():
        start, _, rest = line.partition(" ")
        if start in found:
            found[start][topic] = (*found[start].get(topic, ()), rest)
        else:
            name, _, label = line.rpartition(" ")
            topic = (None if name == "-" else name, None if label == "-" else label)
    return found
