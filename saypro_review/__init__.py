"""SayPro Review: cycles of performance review, from figures and interviews to a ranked, evidenced summary."""
