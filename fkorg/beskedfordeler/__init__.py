"""The two doors of the Beskedfordeler: a mailbox queue that is emptied, and a push that is answered."""
