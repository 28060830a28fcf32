"""The classification types and their documented ids."""

TYPES = {
    1: ("BASE", "A base model that others are trained on."),
    2: ("ABSA", "Aspects with a sentiment each: every segment gets classes, and for each class a label."),
    3: ("LABEL", "Labels alone: every segment gets one or more labels."),
    4: ("CLASS", "Classes alone: every segment gets one or more classes."),
    5: ("CLASSLABEL", "Classes and labels, given independently of each other."),
}
PROJECT_TYPES = ("ABSA", "CLASS", "LABEL", "CLASSLABEL")
