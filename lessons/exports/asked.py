"""What the boxes of an interview and of a discussion ask, as it stands above the answers wherever these are taken."""

INTERVIEW = {
    "enjoyed": "What did you enjoy most?",
    "can": "What can you do now that you could not do before? What can you do better, and how?",
    "worked": "Which part of the teaching worked best for you?",
    "change": "If another class had this lesson, what would you change?",
    "other": "What else {letter} said",
}
OF_A_PUPIL = {
    "happened": "What was planned for {letter}, what happened, and why was it different?",
    "progress": "How much progress did {letter} make, and was it enough?",
    "group": "What does this say about the others whom {letter} stands for?",
}
OF_TEACHING = {
    "technique": "How did the technique help, or hinder?",
    "surprises": "What surprised us?",
    "adjust": "What do we adjust?",
    "next": "What do we do next time?",
}
