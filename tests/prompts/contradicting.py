"""Pairs of sentences, labelled by hand: do their numbers contradict?"""

CONTRADICT = [
    ("A refund takes 14 days.", "Tell them the refund takes 30 days."),
    ("Customers can return goods within 14 days.", "Goods can be returned within 30 days."),
    ("Answer in at most 3 sentences.", "Keep the answer under 5 sentences."),
    ("Write at most 100 words.", "The reply must have at least 200 words."),
    ("Use exactly 5 bullets in the summary.", "The summary has exactly 3 bullets."),
    ("The warranty lasts 2 years.", "Say that the warranty lasts 3 years."),
    ("Ask at most two questions.", "Ask at least three questions."),
    ("The discount is 10% on the first order.", "Offer a discount of 15% on the first order."),
    ("A new card arrives in 3 to 5 bank days.\nThe invoice is due in 10 days.",
     "The invoice is due in 14 days."),
    ("Respond within 24 hours.", "We respond within 48 hours."),
    ("The trial ends after 30 days.", "Remind them that the trial ends after 14 days."),
    ("Limit the title to 60 characters.", "The title has at most 80 characters."),
]  # fmt: skip

AGREE = [
    ("A refund takes 14 days.", "Goods can be returned within 30 days."),
    ("Answer in at most 3 sentences.", "The summary has at most 5 sentences."),
    ("Answer in at most 3 sentences.", "Keep the answer under 3 sentences."),
    ("Write at least 100 words.", "The answer has at most 200 words."),
    ("The warranty lasts 2 years.", "For gold customers the warranty lasts 3 years."),
    ("A card arrives in 5 days.", "If the customer is abroad, a card arrives in 10 days."),
    ("Offer 10% off.", "Never give more than 30 days."),
    ("The title has at most 60 characters.", "The description has at most 160 characters."),
    ("The first email goes out after 2 days.", "The last email goes out after 9 days."),
    ("A new card arrives in 3 to 5 bank days.", "The digital card arrives in 2 minutes."),
    ("Support answers within 24 hours.", "Sales answers within 48 hours."),
    ("The refund takes 14 days.", "The refund takes fourteen days."),
    ("Use 3 bullets per section.", "Write 2 paragraphs per section."),
    ("You have 10 years of experience in law.", "The firm exists since 5 years."),
]
