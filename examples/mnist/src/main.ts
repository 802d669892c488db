/** Trains a digit classifier. */
import 'tensortape';
