"""media's settings of fal: what a picture of each of its models costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from chassis.setting_rules import at_least
from chassis.settings import Together
from gateways.fal_settings import FILES_REACHED, FalSettings, needed
from media.gateways.fal import ENHANCE, INPAINT

Price = Annotated[int, at_least(0)]  # micro-dollars; 0: nobody has said


@dataclass(frozen=True, kw_only=True)  # a value without slots: of a class's bases one may have some
class MediaFalSettings(FalSettings):
    """The settings of fal, for media's own `Settings` to extend, which has blobs too."""

    blobs_endpoint: str = ""
    fal_price_nano_banana_pro_edit: Price = 0
    fal_price_qwen_image_edit_inpaint: Price = 0

    TOGETHER: ClassVar[tuple[Together, ...]] = (
        *FalSettings.TOGETHER,
        FILES_REACHED,
        Together(of=("fal_price_nano_banana_pro_edit", "engine"), rule=needed),
        Together(of=("fal_price_qwen_image_edit_inpaint", "engine"), rule=needed),
    )

    def fal_prices(self) -> Mapping[str, int]:
        """Return the micro-dollars of a picture, by model."""
        return {
            ENHANCE: self.fal_price_nano_banana_pro_edit,
            INPAINT: self.fal_price_qwen_image_edit_inpaint,
        }
