from video.domain.rooms import MOVES, ROOM_TYPES, motion_prompt
from video.gateways import camera


def test_there_are_27_rooms_in_the_order_of_a_tour() -> None:
    assert len(ROOM_TYPES) == len(set(ROOM_TYPES)) == 27
    assert (ROOM_TYPES[0], ROOM_TYPES[-1]) == ("exterior", "other")


def test_the_words_describe_the_move_that_the_local_engine_makes() -> None:
    moves = {
        words: {
            str(camera.MOVES.get(room, camera.LATERAL_TRACK))
            for room in MOVES
            if MOVES[room] == words
        }
        for words in set(MOVES.values())
    }
    assert all(len(each) == 1 for each in moves.values())
    assert len(set().union(*moves.values())) == len(moves)


def test_every_room_has_its_prompt() -> None:
    assert all(motion_prompt(room).startswith(MOVES[room]) for room in ROOM_TYPES)
