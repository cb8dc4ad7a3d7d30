"""Who lives in the demo, and what they say of themselves."""

GUIDE = "Ada Nwosu"
GUIDE_ABOUT = "Knows everybody, follows half of them. Dogs welcome. 🐕"
GUIDE_INTERESTS = ("dogs", "coffee", "programming", "jazz", "maps", "cycling")

# language → names; where a name is not in Latin letters, its Latin form follows, from which the handle is made
NAMES: dict[str, str] = {
    "": """
        Ada Nwosu, Ruth Abernathy, Tom Hollis, Priya Raghavan, Kofi Asante, Zanele Khumalo, Declan Moriarty,
        Moana Tuhiwai, Eilidh Fraser, Marcus Bell, Thandiwe Mokoena, Grace Otieno, Samir Chowdhury, Joy Adeyemi,
        Wyatt Redfern, Nia Prosser, Callum Reid, Leilani Kahale, Desta Bekele, Amara Diallo, Owen Tully,
        Farah Siddiqui, Hamish Dunn, Oluwaseun Bakare, Maeve Kinsella, Jasper Lindqvist, Siiri Mäkelä, Freja Holm,
        Lars Østergaard, Sigrún Jónsdóttir, Ragnhild Moe, Bence Szabó, Zsófia Varga, Ilinca Popa, Radu Ionescu,
        Luka Horvat, Mirna Babić, Tereza Nováková, Jakub Dvořáček, Agnė Kazlauskaitė, Maarja Tamm, Femke de Groot,
        Joost Verhoeven, Giulia Ferrante, Matteo Sorrentino, Nomvula Dube, Putri Lestari, Wayan Suardana,
        Malee Srisuk, Anan Chaiyasit, Tenzin Dolkar, Aroha Ngata, Ixchel Canul, Chenoa Begay, Tamar Kapanadze,
        Anahit Sargsyan, Dilnoza Karimova, Erdene Batbayar, Abena Owusu, Yared Haile, Chipo Moyo, Miriam Feldstein
    """,
    "de": """
        Jonas Weidner, Lena Brockmann, Friederike Kuhl, Matthias Rösch, Greta Hagedorn, Ole Petersen, Annika Voß,
        Tobias Grünwald, Heike Stellmacher, Cem Aydoğan, Ngozi Hartmann
    """,
    "es": "Lucía Barrientos, Mateo Quiroga, Ximena Olvera, Joaquín Paredes, Carmen Ibáñez, Rocío Huanca",
    "pt": "Beatriz Figueira, Thiago Nascimento, Inês Carvalhal, Caio Teixeira",
    "fr": "Élodie Marchand, Aminata Sarr, Baptiste Lenoir, Mélanie Tremblay",
    "tr": "Elif Karaca, Emre Tunçay, Zeynep Özdemir, Deniz Yalçın",
    "pl": "Agnieszka Wrona, Paweł Zieliński, Kasia Domańska",
    "vi": "Nguyễn Thu Hà, Trần Minh Khôi",
    "ru": "Юлия Соколова/Yulia Sokolova, Тимур Ахметов/Timur Akhmetov",
    "uk": "Оксана Бондар/Oksana Bondar, Тарас Кравець/Taras Kravets",
    "el": "Νίκος Βασιλάκης/Nikos Vasilakis, Δήμητρα Λάμπρου/Dimitra Lamprou",
    "ja": "田中 葵/Aoi Tanaka, 小林 陽太/Yota Kobayashi, 森 さくら/Sakura Mori",
    "ko": "김서연/Seoyeon Kim, 윤하람/Haram Yoon",
    "zh": "林晓雯/Xiaowen Lin, 陈嘉明/Jiaming Chen, 赵一帆/Yifan Zhao",
    "ar": "ليلى حداد/Layla Haddad, يوسف المنصوري/Yousef Mansouri, نور خليل/Nour Khalil, سلمى بناني/Salma Bennani",
    "fa": "شیرین مرادی/Shirin Moradi, آرش کاظمی/Arash Kazemi",
    "he": "נועה ברק/Noa Barak, איתי שלו/Itai Shalev",
    "hi": "आरव जोशी/Aarav Joshi, मीरा कुलकर्णी/Meera Kulkarni",
}

# Letters that do not fall apart into a base and an accent
LETTERS = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "ð": "d", "þ": "th"}
HANDLES = ("{first}", "{first}_{last}", "{first}{last}", "{last}_{first}", "{first}_{initial}", "{first}{number}")

JOBS = (
    "Nurse", "Tram driver", "Translator", "Physics teacher", "Baker", "Carpenter", "Midwife", "Bookseller", "Architect",
    "Sound engineer", "Gardener", "Postwoman", "Backend engineer", "Cook", "Librarian", "Stage technician", "Beekeeper",
    "Bike courier", "Botanist", "Tailor", "Student", "Retired judge", "Illustrator", "Vet", "Locksmith", "Data analyst",
)  # fmt: skip
QUARTERS = (
    "Kreuzberg",
    "Neukölln",
    "Wedding",
    "Moabit",
    "Pankow",
    "Friedrichshain",
    "Treptow",
    "Lichtenberg",
    "Spandau",
)
ABOUTS = (
    "{job} in {quarter}. {first}, {second}, repeat.",
    "{job} by day, {first} by night.",
    "Mostly {first}. Sometimes {second}. Rarely on time.",
    "{job}. Here for the {first}, staying for the {second}.",
    "I came for {first} and somehow ended up in {quarter}.",
    "Opinions on {first}: many. On everything else: ask me tomorrow.",
    "{quarter} · {first} · {second} · strong tea",
    "{job} by trade. Ask me about {first}.",
    "Half of a household full of {first}. The other half prefers {second}.",
    "{job}, parent of two, friend of {first}.",
    "Quiet account. {first} and the odd photograph of the canal.",
    "Learning {first} in public. Be kind. 🌱",
    "Will talk about {first} until somebody brings food.",
    "{job} · {first} · {second} · no filter",
    "{first} ✨ {second} ✨ {quarter}",
    "You can never have enough {first}.",
)
