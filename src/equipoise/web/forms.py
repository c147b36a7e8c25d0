"""How every form looks: one field template, help beside the label, the error next to its field."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Finds widgets and fields in our templates first, then in Django's."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
