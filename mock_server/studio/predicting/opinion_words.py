"""Words of praise and blame that the English lexicon lacks: German ones, and English ones of reviews. Stems, as `words.stem` makes them."""

from mock_server.studio.predicting.words import listed, stem

_VALUES = {
    3.0: """ausgezeichnet begeistert hervorragend fantastisch großartig perfekt traumhaft unschlagbar wunderbar exzellent
        superb spotless flawless""",
    2.0: """angenehm bequem danke empfehlung entgegenkommend erholsam freundlich gefallen gefällt funktioniert gelungen
        gemütlich genossen günstig gut gute hilfsbereit herzlich kostenlos köstlich lecker lob nett prima reichhaltig ruhig sauber
        schmackhaft schmeckt schnell schön stimmt super toll tadellos willkommen zufrieden zuvorkommend
        attentive cosy delicious quiet spacious tasty thoughtful uncomplicated unkompliziert""",
    1.0: """besser bemüht gern hell hübsch modern okay ordentlich passt solide wert
        affordable bright cheap cheaper fast quick quickly warm heated""",
    0.0: "like please want",  # they praise in the lexicon; in reviews and requests they do not
    -1.0: """alt altmodisch eng klein kalt lange langsam leider schade teuer warten
        cold dated drafty dripping early expensive late leaks longer loose overpriced slow small thin tiny waited
        waiting""",
    -2.0: """abgenutzt beschwerde defekt dreckig enttäuscht fehlt fehlte fehlten kaputt lärm laut lauter mangelhaft
        muffig nervig problem schimmel schlecht schmerzen schmutzig störend unbequem unfreundlich ungenießbar
        unhöflich unsauber verschmutzt vergessen verspätet zerrissen
        awake bland chaotic dirt draughty dust dusty leaking loud louder loudest mould mouldy muddy overcooked smelled
        smelly stale unfriendly unhelpful""",
    -3.0: "ekelhaft entsetzlich furchtbar grauenhaft katastrophe katastrophal miserabel schrecklich skandal unverschämt",
}

VALUES: dict[str, float] = {stem(word): value for value, words in _VALUES.items() for word in words.split()}
NEGATIONS = listed("nicht kein keine keinem keinen keiner keinerlei nichts nie niemals niemand ohne weder kaum")
